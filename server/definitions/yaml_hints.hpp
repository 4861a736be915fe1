// What may be meant where YAML reads a comma, a colon or a brace otherwise than its writer.
#pragma once

#include <string>
#include <string_view>

namespace sagactl {

// For an error of yaml-cpp at a line, counted from 0. "" when nothing is known.
std::string hint_for_unreadable(std::string_view error, std::string_view text, std::size_t line);

// For a member without a value inside of braces, such as `Lee` in { guest: Kim, Lee }, or `input` in {input}.
std::string hint_for_valueless(std::string_view member);

}  // namespace sagactl

// Reading members of a JSON answer, which may be missing when the server is another's.
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "common/time.hpp"

namespace sagactl {

// The member; null when it is not there or `object` is no object.
const Json& json_member(const Json& object, std::string_view name);

// A string as it is, a number or boolean as JSON writes it, "" for null and for what is not there.
std::string text_member(const Json& object, std::string_view name);

// An amount with its two places, "19.00", whether JSON has it as a number or as text; anything else as text_member().
std::string money_member(const Json& object, std::string_view name);

std::int64_t integer_member(const Json& object, std::string_view name);  // 0 when it is none
bool bool_member(const Json& object, std::string_view name);             // false when it is none

// `otherwise` for an empty text.
std::string or_default(std::string text, std::string_view otherwise = "-");

// Between two ISO 8601 times; nothing when one of them is none.
std::string time_between(const Json& from, const Json& to);

}  // namespace sagactl

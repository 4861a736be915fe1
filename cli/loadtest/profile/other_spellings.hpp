// Fields of a profile that are spelt as other programs spell theirs, so that they are sent as they stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "cli/configuration/toml_members.hpp"

namespace sagactl {

// What seems to be meant as a field and is none, with what would be right: "'${API_KEY}' is sent as it stands: ...".
// What may be right as it is, such as ${price} for an amount in dollars, is left alone.
std::vector<std::string> other_spellings(std::string_view text);

// Of each text of a profile file that is a template, with its place.
std::vector<TomlFault> other_spellings(const toml::table& profile);

}  // namespace sagactl

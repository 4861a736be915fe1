// The headers that a profile sets itself. Names are case-insensitive.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// The profile's value of a header; null: it has none.
const std::string* find_header(const Profile& profile, std::string_view name);

// `invalid` for a name or value that is not valid in HTTP, for a duplicate name, and for headers that only the
// generator can set or that it does not support: length and encoding of the body, other protocols.
Result<void> check_headers(const Profile& profile);

}  // namespace sagactl

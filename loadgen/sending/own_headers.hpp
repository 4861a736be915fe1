// The headers of a profile beside those that the load generator writes by itself. Names have no case.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// The value that a profile gives a header; null where it gives none.
const std::string* find_header(const Profile& profile, std::string_view name);

// `invalid` for a name or a value that no request can carry, for a name that stands twice, and for what only the
// generator can know or what it cannot do: the length and the coding of the body, another protocol.
Result<void> check_headers(const Profile& profile);

}  // namespace sagactl

// The headers that a profile sets for a request. Names are case-insensitive.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// The value of a header; null: there is none.
const std::string* find_header(const RequestHeaders& headers, std::string_view name);

// `invalid` for a name or value that is not valid in HTTP, for a duplicate name, and for headers that only the
// generator can set or that it does not support: length and encoding of the body, other protocols. The message begins
// with the member that has the headers, such as create.headers.
Result<void> check_headers(const RequestHeaders& headers, std::string_view member);

}  // namespace sagactl

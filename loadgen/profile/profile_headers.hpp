// The headers that a profile sets for a request. Names are case-insensitive.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "loadgen/profile/profile.hpp"

namespace sagactl {

// The value of a header; null: there is none.
const std::string* find_header(const RequestHeaders& headers, std::string_view name);

// What is wrong with the headers, each with the member that has them, such as create.headers: names and values that are
// not valid in HTTP, names that are there twice, and headers that only the generator can set or that it does not
// support, for length and encoding of the body and for other protocols.
std::vector<std::string> header_faults(const RequestHeaders& headers, std::string_view member);

}  // namespace sagactl

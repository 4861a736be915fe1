// The headers that let web pages of other origins call.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/http/request.hpp"

namespace sagactl::http {

// None when the request names no origin, or one that is not in `allowed` ("*" allows all).
std::vector<Header> cors_headers(const Request& request, std::span<const std::string> allowed);

}  // namespace sagactl::http

// CORS, as in the Fetch standard: web pages of other origins that may call.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

// An origin as browsers send it: "https://shop.example" for "HTTPS://Shop.Example:443/"; "*" for every origin.
// `invalid` when the text is no origin.
Result<std::string> parse_origin(std::string_view text);

// Whether pages of `origin` may call.
bool allows_origin(std::string_view origin, std::span<const std::string> allowed);

// Whether it is a CORS preflight: the browser asks whether a page may send a request with that method and headers.
bool is_preflight(const Request& request);

// The CORS headers of an answer to `request`; none when no origin is allowed. `allowed` are origins, or "*" alone: then
// every page may call, without the browser's credentials.
std::vector<Header> cors_headers(const Request& request, std::span<const std::string> allowed);

}  // namespace sagactl::http

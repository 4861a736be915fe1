// What lets web pages of other origins call (CORS, as the Fetch standard has it).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

// An origin as browsers send it: "https://shop.example" of "HTTPS://Shop.Example:443/"; "*" is every origin.
// `invalid`, with what would be right, when the text names none.
Result<std::string> parse_origin(std::string_view text);

// Whether pages of `origin` may call.
bool allows_origin(std::string_view origin, std::span<const std::string> allowed);

// A browser that asks whether a page may send a request of another method or with other headers than any page may.
bool is_preflight(const Request& request);

// What an answer to `request` carries for pages of other origins; nothing when no origin is allowed. `allowed` are
// origins, or "*" alone: then every page may call, and none with the browser's own credentials.
std::vector<Header> cors_headers(const Request& request, std::span<const std::string> allowed);

}  // namespace sagactl::http

// Requests to a web server and its responses.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name, in any case of letters; "" without one.
std::string_view header_of(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string path;     // with its query; the base URL's prefix comes before it
  std::string body;     // sent when not empty
  HttpHeaders headers;  // instead of or beside those that the client writes by itself; without line ends
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view header(std::string_view name) const { return header_of(headers, name); }
  Result<Json> json() const;  // `invalid` when the body is no JSON
  // The body's `message` (joined if it is a list), else `detail`, else `title`, else "HTTP 503". What a server of https
  // answers to plain requests is "the server expects https at this port".
  std::string message() const;
};

// The Error for a response that is not ok: its code by the status (401 unauthenticated, 404 not_found, 409 and
// 412 conflict, 429 busy, 503 unavailable, other 4xx invalid, other 5xx unknown_outcome), its message by
// HttpResponse::message, its members the body.
Error error_of(const HttpResponse& response);

}  // namespace sagactl

// The status line and headers of a response, as bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

enum class Framing { length, chunked, until_close };

struct ResponseHead {
  const Response& response;
  std::string_view correlation_id;
  std::string_view date;  // RFC 9110's form
  Framing framing = Framing::length;
  bool close = false;  // the last response on the connection
  bool http_1_0 = false;
  std::span<const Header> more = {};  // CORS
};

// Appends to `out`. Control characters in headers become spaces, so that no value can inject a header.
void append_head(std::string& out, const ResponseHead& head);

// Mon, 02 Jan 2006 15:04:05 GMT; formatted once a second per thread.
std::string_view http_date_now();

}  // namespace sagactl::http

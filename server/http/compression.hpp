// Answers that are sent in fewer bytes to clients that can read them so (RFC 9110, section 12.5.3).
#pragma once

#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// From which size a body is worth it, and to which it holds up the other connections of the thread for no more than a
// few milliseconds.
inline constexpr std::size_t compressed_body_min = 1024, compressed_body_max = std::size_t{2} * 1024 * 1024;

// After a GET or HEAD, once the answer is as it will be: its body becomes gzip when the client takes that and likes it
// no less than the body as it is. Not streams, whose events must not wait for more; nor what has a strong ETag, which
// stands for these very bytes. Answers that depend on it say so in Vary.
void compress(const Request& request, Response& response);

// Whether the client takes gzip, and likes it no less than a body as it is.
bool takes_gzip(const Request& request);

// The body as gzip, as small as it gets; "" when it would not be smaller. For what is compressed once and sent often.
std::string smallest_gzip(std::string_view body);

}  // namespace sagactl::http

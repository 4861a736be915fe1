#include "server/http/cors.hpp"

#include <algorithm>

namespace sagactl::http {

std::vector<Header> cors_headers(const Request& request, std::span<const std::string> allowed) {
  std::vector<Header> headers;
  if (allowed.empty()) return headers;
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return headers;
  const auto matches = [&](const std::string& one) { return one == "*" || one == origin; };
  if (std::none_of(allowed.begin(), allowed.end(), matches)) return headers;
  headers.push_back({"Access-Control-Allow-Origin", std::string(origin)});
  headers.push_back({"Vary", "Origin"});
  headers.push_back({"Access-Control-Expose-Headers", "X-Correlation-ID, Retry-After, ETag, Location"});
  if (request.method == Method::options) {
    headers.push_back({"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"});
    headers.push_back(
        {"Access-Control-Allow-Headers",
         "Authorization, Content-Type, Idempotency-Key, If-Match, X-Correlation-ID, traceparent"});
    headers.push_back({"Access-Control-Max-Age", "600"});
  }
  return headers;
}

}  // namespace sagactl::http

#include "server/http/message/cors.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl::http {
namespace {

constexpr std::string_view every_origin = "*";
// The response headers that a page may read, beside those that CORS always allows.
constexpr std::string_view exposed =
    "X-Correlation-ID, ETag, Location, Retry-After, Idempotency-Replayed, Allow, Accept-Encoding, WWW-Authenticate";

bool allows_every_origin(std::span<const std::string> allowed) {
  return std::find(allowed.begin(), allowed.end(), every_origin) != allowed.end();
}

Error no_origin(std::string_view text, std::string_view why) {
  return Error{ErrorCode::invalid,
               "'" + std::string(text) + "' is not an origin" + std::string(why) +
                   "; give the scheme, host and port of the page's address, such as https://shop.example or "
                   "http://localhost:5173, or * for every page"};
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) return host.size() > 2 && host.find(']') == host.size() - 1;
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
}

// The answer to a preflight. Any header may be sent: the request itself is checked when it comes.
void allow_preflight(const Request& request, bool named, std::vector<Header>& headers) {
  headers.push_back({"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"});
  const std::string_view asked = request.header("access-control-request-headers");
  if (!asked.empty()) headers.push_back({"Access-Control-Allow-Headers", std::string(asked)});
  headers.push_back({"Access-Control-Max-Age", "600"});
  if (named && request.header("access-control-request-private-network") == "true")
    headers.push_back({"Access-Control-Allow-Private-Network", "true"});
}

}  // namespace

Result<std::string> parse_origin(std::string_view text) {
  if (text == every_origin) return std::string(text);
  if (text == "null") return no_origin(text, ": it can be any page's");
  const std::string origin = lower(text);
  const std::size_t colon = origin.find("://");
  if (colon == origin.npos || colon == 0) return no_origin(text, "");
  const std::string scheme = origin.substr(0, colon);
  std::string rest = origin.substr(colon + 3);
  if (rest.ends_with('/')) rest.pop_back();
  if (rest.find_first_of("/?#@*") != rest.npos) return no_origin(text, ": it has a path, a user or a pattern");
  const std::size_t end_of_host = rest.starts_with('[') ? rest.find(']') : 0;
  const std::size_t port_at = rest.find(':', end_of_host == rest.npos ? 0 : end_of_host);
  std::string host = rest.substr(0, port_at);
  if (!is_host(host)) return no_origin(text, "");
  std::string parsed = scheme + "://" + host;
  if (port_at == rest.npos) return parsed;
  const std::string port = rest.substr(port_at + 1);
  if (!is_port(port)) return no_origin(text, ": its port is not a number");
  const bool is_default_port = (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
  if (!is_default_port) parsed += ":" + port;  // browsers omit the default port
  return parsed;
}

bool allows_origin(std::string_view origin, std::span<const std::string> allowed) {
  if (origin.empty()) return false;
  return allows_every_origin(allowed) || std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

bool is_preflight(const Request& request) {
  return request.method == Method::options && !request.header("access-control-request-method").empty();
}

std::vector<Header> cors_headers(const Request& request, std::span<const std::string> allowed) {
  std::vector<Header> headers;
  if (allowed.empty()) return headers;
  const std::string_view origin = request.header("origin");
  const bool named = !allows_every_origin(allowed);
  // Also without an origin: a cache must not serve that answer to a page.
  if (named) headers.push_back({"Vary", "Origin"});
  if (named && !allows_origin(origin, allowed)) return headers;
  headers.push_back({"Access-Control-Allow-Origin", std::string(named ? origin : every_origin)});
  if (named) headers.push_back({"Access-Control-Allow-Credentials", "true"});
  if (is_preflight(request))
    allow_preflight(request, named, headers);
  else
    headers.push_back({"Access-Control-Expose-Headers", std::string(exposed)});
  return headers;
}

}  // namespace sagactl::http

#include "server/http/connection/request_origin.hpp"

#include <algorithm>

#include "common/id.hpp"
#include "common/loopback.hpp"
#include "common/text/text.hpp"
#include "server/http/message/cors.hpp"

namespace sagactl::http {
namespace {

constexpr std::size_t correlation_length_max = 128;

bool is_correlation_id(std::string_view text) {
  return !text.empty() && text.size() <= correlation_length_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

struct HostAndPort {
  std::string_view name, port;
};

HostAndPort split_host(std::string_view host) {
  const std::size_t end_of_name = host.starts_with('[') ? host.find(']') : 0;
  const std::size_t colon = host.find(':', end_of_name == host.npos ? 0 : end_of_name);
  return colon == host.npos ? HostAndPort{host, "80"} : HostAndPort{host.substr(0, colon), host.substr(colon + 1)};
}

// A Host that is no loopback name shows that a web page has a browser on this machine call it under the page's own name
// (DNS rebinding), or that a proxy forwarded the request.
bool is_local_host_header(std::string_view host, std::uint16_t port) {
  const HostAndPort asked = split_host(host);
  if (asked.port != std::to_string(port)) return false;
  return asked.name == "[::1]" || is_loopback_host(asked.name);
}

// Whether a browser sends it for a web page of another site or port.
bool is_cross_origin(const Request& request) {
  const std::string_view origin = request.header("origin");
  const std::string_view site = request.header("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") return true;
  if (!site.empty() || origin.empty()) return false;  // "same-origin", "none": the browser has compared the origins
  const std::size_t scheme = origin.find("://");
  if (scheme == origin.npos) return true;  // "null"
  return lower(origin.substr(scheme + 3)) != lower(request.header("host"));
}

std::string_view find_not_local_reason(const Request& request, bool cross_origin, const boost::asio::ip::address& peer,
                                       std::uint16_t port) {
  if (!peer.is_loopback()) return "it comes from another machine";
  if (is_forwarded(request)) return "a proxy has forwarded it";
  if (!is_local_host_header(request.header("host"), port))
    return "its Host is not a loopback address with the port of this node";
  if (cross_origin) return "a web page of another origin sends it";
  return {};
}

}  // namespace

void set_trace(Request& request) {
  const std::string_view given = request.header("x-correlation-id");
  request.correlation_id = is_correlation_id(given) ? std::string(given) : new_uuid().text();
  const std::string_view parent = request.header("traceparent");
  const auto continued = parent.empty() ? std::nullopt : TraceContext::from(parent);
  request.trace = continued ? *continued : TraceContext::fresh();
}

void set_client(Request& request, const boost::asio::ip::address& peer, const boost::asio::ip::tcp::endpoint& own,
                const TrustedProxies& trusted, std::span<const std::string> origins) {
  const ClientAddress client = client_address(request, peer, trusted);
  request.client = client.address.to_string();
  request.is_https = client.is_https;
  // A page of an allowed origin does not make the request local: it needs a token, or a route open to anyone.
  const bool cross_origin = is_cross_origin(request);
  request.cross_origin = cross_origin;
  request.from_foreign_page = cross_origin && !allows_origin(request.header("origin"), origins);
  request.not_local_reason = find_not_local_reason(request, cross_origin, peer, own.port());
}

}  // namespace sagactl::http

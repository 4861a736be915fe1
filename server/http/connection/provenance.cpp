#include "server/http/connection/provenance.hpp"

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

HostAndPort take_apart(std::string_view host) {
  const std::size_t end_of_name = host.starts_with('[') ? host.find(']') : 0;
  const std::size_t colon = host.find(':', end_of_name == host.npos ? 0 : end_of_name);
  return colon == host.npos ? HostAndPort{host, "80"} : HostAndPort{host.substr(0, colon), host.substr(colon + 1)};
}

// A web page can make a browser on this machine ask a loopback address under a name of the page's own (DNS rebinding),
// and a proxy may leave the name by which it was asked: it then stands in Host.
bool names_this_machine(std::string_view host, std::uint16_t port) {
  const HostAndPort asked = take_apart(host);
  if (asked.port != std::to_string(port)) return false;
  return asked.name == "[::1]" || is_loopback_host(asked.name);
}

// A page of another site, or of another port of this one, that has the browser of somebody who may ask do so.
bool is_of_another_origin(const Request& request) {
  const std::string_view origin = request.header("origin");
  const std::string_view site = request.header("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") return true;
  if (!site.empty() || origin.empty()) return false;  // "same-origin", "none": the browser has compared for itself
  const std::size_t scheme = origin.find("://");
  if (scheme == origin.npos) return true;  // "null"
  return lower(origin.substr(scheme + 3)) != lower(request.header("host"));
}

std::string_view why_stranger(const Request& request, bool of_another_origin, const boost::asio::ip::address& peer,
                              std::uint16_t port) {
  if (!peer.is_loopback()) return "it comes from another machine";
  if (is_forwarded(request)) return "a proxy has handed it on";
  if (!names_this_machine(request.header("host"), port))
    return "its Host is not a loopback address with the port of this node";
  if (of_another_origin) return "a web page of another origin sends it";
  return {};
}

}  // namespace

void set_provenance(Request& request) {
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
  // A page that may call is still no user of this machine: it is let in by a token, or where everybody is.
  const bool of_another_origin = is_of_another_origin(request);
  request.foreign_page = of_another_origin && !allows_origin(request.header("origin"), origins);
  request.stranger = why_stranger(request, of_another_origin, peer, own.port());
}

}  // namespace sagactl::http

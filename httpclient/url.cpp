#include "httpclient/url.hpp"

#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/url/parse.hpp>

#include "common/loopback.hpp"
#include "common/text/host_port.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::uint16_t http_port = 80, https_port = 443;

// What an address is of, and how it is written, for errors.
struct AddressForm {
  std::string_view noun;
  std::string_view example;
  bool needs_scheme;
  bool may_be_socket;
};

constexpr AddressForm node_address{"address of a node", "http://host:port", false, true};
constexpr AddressForm server_address{"address of a web server", "https://host/path", true, false};
constexpr std::string_view socket_scheme = "unix://";

constexpr std::string_view wrong_path = "its path has a query, a fragment or a character that no path has";

// Sets the path that comes before all others. False: see wrong_path.
bool take_prefix(Url& url, std::string_view text) {
  const auto path = boost::urls::parse_origin_form(text);
  if (!path || path->has_query()) return false;
  url.prefix = text;
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  return true;
}

// "/run/app.sock", "/run/app.sock:/prefix".
Result<Url> parse_socket(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return Error{ErrorCode::invalid, fmt::format("'{}{}' is no Unix socket: {}; write unix:///run/app.sock, or "
                                                 "unix:///run/app.sock:/path",
                                                 socket_scheme, text, why)};
  };
  const std::size_t colon = std::min(text.find(':'), text.size());
  Url url;
  url.host = "localhost";
  url.socket = text.substr(0, colon);
  if (!url.socket.starts_with('/')) return wrong("its path is not absolute");
  if (url.socket.size() >= sizeof(sockaddr_un::sun_path))
    return wrong(fmt::format("its path has more than {} bytes", sizeof(sockaddr_un::sun_path) - 1));
  if (colon < text.size() && !take_prefix(url, text.substr(colon + 1))) return wrong(wrong_path);
  return url;
}

Result<Url> parse(std::string_view text, const AddressForm& form) {
  const auto wrong = [&](std::string_view why) {
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not the {}: {}; write {}", without_secrets(text), form.noun, why, form.example)};
  };
  std::string_view rest = trim(text);
  Url url;
  if (form.may_be_socket && lower(rest.substr(0, socket_scheme.size())) == socket_scheme)
    return parse_socket(rest.substr(socket_scheme.size()));
  if (const auto scheme_end = rest.find("://"); scheme_end != rest.npos) {
    const std::string scheme = lower(rest.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return wrong("its scheme is neither http nor https");
    url.tls = scheme == "https";
    rest.remove_prefix(scheme_end + 3);
  } else if (form.needs_scheme) {
    return wrong("it does not begin with https:// or http://");
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const auto server = parse_host_port(rest.substr(0, slash));
  if (!server) return wrong(server.error().message);
  url.host = server->host;
  // The zone of a link-local address, as RFC 6874 writes it in a URL.
  if (url.host.find(':') != std::string::npos) replace_all(url.host, "%25", "%");
  url.port = server->port.value_or(url.tls ? https_port : http_port);
  if (slash == rest.size()) return url;
  if (!take_prefix(url, rest.substr(slash))) return wrong(wrong_path);
  return url;
}

}  // namespace

std::string Url::authority() const {
  return host_port_text(host, port);
}

std::string Url::host_header() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string header = host_port_text(is_ipv6 ? host.substr(0, host.find('%')) : host, port);
  if (port == (tls ? https_port : http_port)) header.resize(header.rfind(':'));
  return header;
}

std::string Url::text() const {
  if (!socket.empty()) return fmt::format("{}{}{}{}", socket_scheme, socket, prefix.empty() ? "" : ":", prefix);
  return (tls ? "https://" : "http://") + authority() + prefix;
}

bool Url::is_loopback() const {
  return is_loopback_host(host);
}

Result<Url> parse_node_url(std::string_view text) {
  return parse(text, node_address);
}

Result<Url> parse_http_url(std::string_view text) {
  return parse(text, server_address);
}

}  // namespace sagactl

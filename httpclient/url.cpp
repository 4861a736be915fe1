#include "httpclient/url.hpp"

#include <fmt/format.h>

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
};

constexpr AddressForm node_address{"address of a node", "http://host:port", false};
constexpr AddressForm server_address{"address of a web server", "https://host/path", true};

Result<Url> parse(std::string_view text, const AddressForm& form) {
  const auto wrong = [&](std::string_view why) {
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not the {}: {}; write {}", without_secrets(text), form.noun, why, form.example)};
  };
  std::string_view rest = trim(text);
  Url url;
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
  url.port = server->port.value_or(url.tls ? https_port : http_port);
  if (slash == rest.size()) return url;
  const auto path = boost::urls::parse_origin_form(rest.substr(slash));
  if (!path || path->has_query()) return wrong("its path has a query, a fragment or a character that no path has");
  url.prefix = rest.substr(slash);
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  return url;
}

}  // namespace

std::string Url::authority() const {
  return host_port_text(host, port);
}

std::string Url::host_header() const {
  std::string header = authority();
  if (port == (tls ? https_port : http_port)) header.resize(header.rfind(':'));
  return header;
}

std::string Url::text() const {
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

#include "httpclient/url.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <optional>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::uint16_t https_port = 443;

// What is asked for: how it is called, and what would be right.
struct Wanted {
  std::string_view noun;
  std::string_view form;
};

constexpr Wanted node_address{"address of a node", "http://host:port"};
constexpr Wanted web_address{"address of a web server", "https://host/path"};

Error wrong(std::string_view text, std::string_view why, const Wanted& wanted) {
  return {ErrorCode::invalid, fmt::format("'{}' is no {}: {}; write {}", text, wanted.noun, why, wanted.form)};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == ':' ||
         c == '%';
}

// `rest` is what follows the scheme of `text`; `url` has what the scheme says.
Result<Url> parse_after_scheme(std::string_view text, std::string_view rest, Url url, const Wanted& wanted) {
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    url.prefix = rest.substr(slash);
    while (url.prefix.ends_with('/')) url.prefix.pop_back();
    rest = rest.substr(0, slash);
  }
  if (url.prefix.find_first_of("?# \r\n\t") != std::string::npos) {
    return wrong(text, "its path has a query, a fragment or a space", wanted);
  }
  std::string_view port;
  bool has_port = false;
  if (rest.starts_with('[')) {
    const auto bracket = rest.find(']');
    if (bracket == std::string_view::npos) return wrong(text, "a bracket is not closed", wanted);
    url.host = rest.substr(1, bracket - 1);
    rest.remove_prefix(bracket + 1);
    has_port = rest.starts_with(':');
    if (!has_port && !rest.empty()) return wrong(text, "something other than a port follows the address", wanted);
    if (has_port) port = rest.substr(1);
  } else {
    const auto colon = rest.find(':');
    url.host = rest.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = rest.substr(colon + 1);
  }
  if (url.host.empty()) return wrong(text, "it names no host", wanted);
  for (const char c : url.host) {
    if (!host_character(c)) return wrong(text, "its host has a character that no host has", wanted);
  }
  if (has_port) {
    const auto number = parse_port(port);
    if (!number) return wrong(text, "its port is not a number from 1 to 65535", wanted);
    url.port = *number;
  }
  return url;
}

}  // namespace

std::string Url::authority() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Url::text() const {
  return (tls ? "https://" : "http://") + authority() + prefix;
}

bool Url::is_loopback() const {
  const bool is_ipv4 = host.find_first_not_of("0123456789.") == std::string::npos;
  return lower(host) == "localhost" || host == "::1" || (is_ipv4 && host.starts_with("127."));
}

Result<Url> parse_node_url(std::string_view text) {
  std::string_view rest = trim(text);
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
    const std::string name = lower(rest.substr(0, scheme));
    if (name == "https")
      return wrong(text, "https is not spoken here (put a proxy that ends it in between)", node_address);
    if (name != "http") return wrong(text, "its scheme is not http", node_address);
    rest.remove_prefix(scheme + 3);
  }
  return parse_after_scheme(text, rest, Url{}, node_address);
}

Result<Url> parse_http_url(std::string_view text) {
  std::string_view rest = trim(text);
  const auto scheme = rest.find("://");
  const std::string name = scheme == std::string_view::npos ? std::string() : lower(rest.substr(0, scheme));
  if (name != "http" && name != "https") return wrong(text, "it does not begin with https:// or http://", web_address);
  rest.remove_prefix(scheme + 3);
  // Not shown: what stands there is a secret.
  if (rest.substr(0, rest.find('/')).find('@') != std::string_view::npos)
    return Error{ErrorCode::invalid, "the address has a user or a password before its host; leave them out"};
  Url url;
  url.tls = name == "https";
  if (url.tls) url.port = https_port;
  return parse_after_scheme(text, rest, std::move(url), web_address);
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", byte);
    }
  }
  return encoded;
}

}  // namespace sagactl

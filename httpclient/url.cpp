#include "httpclient/url.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <optional>

#include "common/text.hpp"

namespace sagactl {
namespace {

Error wrong(std::string_view text, std::string_view why) {
  return {ErrorCode::invalid,
          fmt::format("'{}' is no address of a node: {}; write http://host:port", text, why)};
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

}  // namespace

std::string Url::authority() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Url::text() const {
  return "http://" + authority() + prefix;
}

Result<Url> parse_url(std::string_view text) {
  std::string_view rest = trim(text);
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
    const std::string name = lower(rest.substr(0, scheme));
    if (name == "https") return wrong(text, "https is not spoken here (put a proxy that ends it in between)");
    if (name != "http") return wrong(text, "its scheme is not http");
    rest.remove_prefix(scheme + 3);
  }
  Url url;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    url.prefix = rest.substr(slash);
    while (url.prefix.ends_with('/')) url.prefix.pop_back();
    rest = rest.substr(0, slash);
  }
  if (url.prefix.find_first_of("?# \r\n\t") != std::string::npos) {
    return wrong(text, "its path has a query, a fragment or a space");
  }
  std::string_view port;
  bool has_port = false;
  if (rest.starts_with('[')) {
    const auto bracket = rest.find(']');
    if (bracket == std::string_view::npos) return wrong(text, "a bracket is not closed");
    url.host = rest.substr(1, bracket - 1);
    rest.remove_prefix(bracket + 1);
    has_port = rest.starts_with(':');
    if (!has_port && !rest.empty()) return wrong(text, "something other than a port follows the address");
    if (has_port) port = rest.substr(1);
  } else {
    const auto colon = rest.find(':');
    url.host = rest.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = rest.substr(colon + 1);
  }
  if (url.host.empty()) return wrong(text, "it names no host");
  for (const char c : url.host) {
    if (!host_character(c)) return wrong(text, "its host has a character that no host has");
  }
  if (has_port) {
    const auto number = parse_port(port);
    if (!number) return wrong(text, "its port is not a number from 1 to 65535");
    url.port = *number;
  }
  return url;
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

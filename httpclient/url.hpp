// The address of a web server: http://host[:port][/prefix], or https.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

struct Url {
  std::string host;  // a name or an address; IPv6 without its brackets
  std::uint16_t port = 80;
  std::string prefix;  // "" or "/api": no slash at the end
  bool tls = false;    // https

  // "http://host:port/prefix", the port always said.
  std::string text() const;
  // The Host header: "host:port", IPv6 in brackets.
  std::string authority() const;
  // Whether the host is this machine, as far as its name says.
  bool is_loopback() const;
  friend bool operator==(const Url&, const Url&) = default;
};

// The address of a node. "host:port" without a scheme is taken for http; https is refused, as no node speaks it.
// `invalid` says what is wrong and what would be right.
Result<Url> parse_node_url(std::string_view text);

// The address of somebody else's server: http or https, and the scheme is said.
Result<Url> parse_http_url(std::string_view text);

// One byte sequence as part of a path or of a query's value: all but unreserved characters as %XX (RFC 3986).
std::string percent_encode(std::string_view text);

}  // namespace sagactl

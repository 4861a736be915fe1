// The address of a web server: http://host[:port][/prefix], or https.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/text/percent.hpp"  // for the parts of the paths that follow

namespace sagactl {

struct Url {
  std::string host;  // a name or an address; IPv6 without its brackets
  std::uint16_t port = 80;
  std::string prefix;  // "" or "/api": no slash at the end
  bool tls = false;    // https

  // "http://host:port/prefix", the port always included.
  std::string text() const;
  // "host:port", IPv6 in brackets.
  std::string authority() const;
  // The Host header: the authority, without a port that the scheme implies.
  std::string host_header() const;
  // Whether the host is this machine, judging by its name.
  bool is_loopback() const;
  friend bool operator==(const Url&, const Url&) = default;
};

// The address of a node; "host:port" without a scheme is http. `invalid` says what is wrong and what would be right,
// and repeats no password.
Result<Url> parse_node_url(std::string_view text);

// The address of a third party's server: the scheme must be given.
Result<Url> parse_http_url(std::string_view text);

}  // namespace sagactl

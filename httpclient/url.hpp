// The address of a web server: http://host[:port][/prefix], or https, or a socket of this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/text/percent.hpp"  // for the parts of the paths that follow

namespace sagactl {

struct Url {
  std::string host;  // a name or an address; IPv6 without its brackets, link-local with its zone: fe80::1%eth0
  std::uint16_t port = 80;
  std::string prefix;       // "" or "/api": no slash at the end
  bool tls = false;         // https
  std::string socket = {};  // the path of a Unix socket; then the host is localhost. "": it is reached over TCP

  // "http://host:port/prefix", the port always included; "unix:///run/app.sock:/prefix".
  std::string text() const;
  // "host:port", IPv6 in brackets.
  std::string authority() const;
  // The Host header: the authority, without a port that the scheme implies and without a zone.
  std::string host_header() const;
  // Whether the host is this machine, judging by its name.
  bool is_loopback() const;
  friend bool operator==(const Url&, const Url&) = default;
};

// The address of a node; "host:port" without a scheme is http. "unix:///run/app.sock" is a Unix socket, and a colon
// separates it from the prefix: "unix:///run/app.sock:/api". `invalid` says what is wrong and what would be right, and
// repeats no password.
Result<Url> parse_node_url(std::string_view text);

// The address of a third party's server: the scheme must be given.
Result<Url> parse_http_url(std::string_view text);

}  // namespace sagactl

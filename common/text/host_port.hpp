// "host[:port]": the part of a URL that says where a server is (RFC 3986, section 3.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

struct HostPort {
  std::string host;  // a name or an address; IPv6 without its brackets, with its zone
  std::optional<std::uint16_t> port;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// "db", "db:5432", "[::1]:5432", "[fe80::1%eth0]". `invalid`: the message is the reason alone, as in "its port is not a
// number from 1 to 65535", for the caller to say of what; it repeats nothing of the text.
Result<HostPort> parse_host_port(std::string_view text);

// "db:5432", "[::1]:5432".
std::string host_port_text(std::string_view host, std::uint16_t port);

}  // namespace sagactl

// The addresses of targets, resolved once before the load.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "httpclient/connecting/nonblocking_stream.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

struct LoadAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  // Index of its host in the load test: requests for an unreachable address go to another one of the same host.
  std::uint16_t host = 0;
  const StreamRoute* route = nullptr;  // outlives the load test
};
// Whether it is an address of this machine. Sends nothing.
bool is_on_this_machine(const LoadAddress& address);

struct ResolvedTarget {
  std::vector<LoadAddress> addresses;  // at least one
  std::vector<std::string> names;      // "10.0.0.1", of each
  bool reachable = false;              // all accept connections; false: none does, and only the first one is here
};

// The addresses of the host, or of the proxy, that accept a connection within two seconds each, of the family (IPv4 or
// IPv6) of the first one: the other family leads to the same machines. `unavailable` for an unknown name, and where no
// address gets as far as the route's tunnel and TLS: says why.
Result<ResolvedTarget> resolve_target(const Url& url, const HttpProxy* proxy, const StreamRoute& route);

}  // namespace sagactl

// Resolves the address of a target, once before the load.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "httpclient/url.hpp"
#include "loadgen/sending/connection_pool.hpp"

namespace sagactl {

struct ResolvedTarget {
  std::vector<LoadAddress> addresses;  // at least one
  std::vector<std::string> names;      // "10.0.0.1", of each
  bool reachable = false;              // all accept connections; false: none does, and only the first one is here
};

// The addresses of the host that accept a connection within two seconds each, of the family (IPv4 or IPv6) of the first
// one: the other family leads to the same machines. `unavailable` for an unknown name.
Result<ResolvedTarget> resolve_target(const Url& url);

}  // namespace sagactl

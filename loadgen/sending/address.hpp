// Where a target is, found once before the load.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "httpclient/url.hpp"
#include "loadgen/sending/connection_pool.hpp"

namespace sagactl {

struct FoundAddresses {
  std::vector<LoadAddress> addresses;  // one at least
  std::vector<std::string> names;      // "10.0.0.1", of each
  bool answer = false;                 // each takes a connection; false: none does, and they are its first alone
};

// The addresses of the host that take a connection within two seconds each, of the kind (IPv4 or IPv6) that the first of
// them has: the other kind leads to the same machines. `unavailable` for an unknown name.
Result<FoundAddresses> find_addresses(const Url& url);

}  // namespace sagactl

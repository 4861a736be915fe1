// Where a target is, found once before the load.
#pragma once

#include <string>

#include "common/result.hpp"
#include "httpclient/url.hpp"
#include "loadgen/connection_pool.hpp"

namespace sagactl {

struct FoundAddress {
  LoadAddress address;
  bool answers = false;  // a connection could be made within two seconds
};

// The first address of the host that takes a connection, else its first. `unavailable` for an unknown name.
Result<FoundAddress> find_address(const Url& url);

}  // namespace sagactl

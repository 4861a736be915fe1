// How many connections a node takes: as many as its descriptors allow, and no more than it is made for.
#pragma once

#include <cstddef>

#include "server/http/server.hpp"

namespace sagactl {

// For one of `nodes` nodes of a process that may have `limit` descriptors open and has `open` of them already. Some are
// kept for what is opened later: connections to databases and brokers, files.
http::Limits connection_limits(std::size_t limit, std::size_t open, int nodes);

// The same for this process, as it is now.
http::Limits connection_limits(int nodes);

}  // namespace sagactl

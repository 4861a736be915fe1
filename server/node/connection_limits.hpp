// The maximum of connections of a node: its default, or less where the limit of file descriptors does not allow that.
#pragma once

#include <cstddef>

#include "server/http/server.hpp"

namespace sagactl {

// For one of `nodes` nodes in a process with a limit of `limit` descriptors, of which `open` are in use. Reserves some
// for connections to databases and brokers and for files that are opened later.
http::Limits connection_limits(std::size_t limit, std::size_t open, int nodes);

// The same for this process in its current state.
http::Limits connection_limits(int nodes);

}  // namespace sagactl

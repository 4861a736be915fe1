// The nodes of a cluster on this machine, for commands that are about all of them.
#pragma once

#include "cli/invocation.hpp"

namespace sagactl {

// Without --url from anywhere, sets it to all nodes on this machine's loopback that the node at the default address
// lists as live and that answer, so that `sagactl serve --nodes 3` needs no list of addresses. Leaves it as it is when
// that node does not answer, or rejects the token. Asks each node once.
void use_all_local_nodes(Invocation& invocation);

}  // namespace sagactl

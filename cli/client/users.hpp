// The user accounts of a node, for commands that name one.
#pragma once

#include <string>

#include "cli/client/node_client.hpp"

namespace sagactl {

// All of them, as GET /users has them. Only an admin may see them.
Result<Json> all_users(NodeClient& client);

// A node's answer that it has no such user says neither which was looked for nor which there are: this adds both, where
// the client may see them. Other errors are returned as they are. `name` is an e-mail address.
Error no_such_user(NodeClient& client, Error error, const std::string& name);

}  // namespace sagactl

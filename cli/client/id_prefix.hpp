// Ids by their beginnings, as people copy them from a log or remember them.
#pragma once

#include <string>

#include "cli/client/node_client.hpp"

namespace sagactl {

// Could it be the beginning of an id, of four digits at least? A whole id is none.
bool is_id_prefix(const std::string& text);

// The id of the one saga, and of its order, that begins so. `not_found` when none does, `invalid` with the candidates
// when several do.
Result<std::string> resolve_id_prefix(NodeClient& client, const std::string& text);

// The text itself unless it begins an id; then the id, or why there is none.
Result<std::string> resolve_id(NodeClient& client, const std::string& text);

}  // namespace sagactl

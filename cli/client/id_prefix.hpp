// Abbreviated ids: the first digits of a saga's or order's id, as copied from a log or remembered.
#pragma once

#include <string>

#include "cli/client/node_client.hpp"

namespace sagactl {

// Whether the text may be the beginning of an id: at least four digits, and not the complete id.
bool is_id_prefix(const std::string& text);

// The only id of a saga, which is its order's as well, that begins with the text. `not_found` when there is none,
// `invalid` with the candidates when there are several.
Result<std::string> resolve_id_prefix(NodeClient& client, const std::string& text);

// The text itself, unless it is the prefix of an id: then that id, or the errors above.
Result<std::string> resolve_id(NodeClient& client, const std::string& text);

}  // namespace sagactl

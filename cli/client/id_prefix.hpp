// Abbreviated ids: the first digits of a saga's or order's id, as copied from a log or remembered.
#pragma once

#include <string>

#include "cli/client/node_client.hpp"

namespace sagactl {

// Whether the text may be the beginning of an id: at least four digits, and not the complete id. A checkout shows the
// id of its saga behind "SAGA-", which may stand before them here.
bool is_id_prefix(const std::string& text);

// "; the first digits of an id are at least 4" for a text that may be meant as fewer; else "".
std::string when_too_short(const std::string& text);

// The only id of a saga, which is its order's as well, that begins with the text. `not_found` when there is none,
// `invalid` with the candidates when there are several.
Result<std::string> resolve_id_prefix(NodeClient& client, const std::string& text);

// The text itself, unless it is the prefix of an id: then that id, or the errors above.
Result<std::string> resolve_id(NodeClient& client, const std::string& text);

// A node's answer that it has no such thing says neither which was looked for nor how to find one: this adds both.
// Other errors are returned as they are. `what` is "order", `list` a command that lists them.
Error with_what_was_looked_for(Error error, std::string_view what, const std::string& id, std::string_view list);

// with_what_was_looked_for() for a saga, unless the error has a hint already.
Error no_such_saga(Error error, const std::string& id);

// As resolve_id, for a route that takes ids of orders only: `invalid` for a text that cannot be one.
Result<std::string> resolve_order_id(NodeClient& client, const std::string& text);

}  // namespace sagactl

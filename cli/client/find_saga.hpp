// Sagas by what a user has at hand: an id, its first digits, a correlation id, or the key that a saga was started with.
#pragma once

#include <string>

#include "cli/client/node_client.hpp"

namespace sagactl {

// The saga with that id, correlation id, key or first digits of an id. `not_found` with what was looked for, `invalid`
// with the candidates when there are several.
Result<Json> find_saga(NodeClient& client, const std::string& text);

// Its id. A complete id is returned as it is, whether there is such a saga or not.
Result<std::string> find_saga_id(NodeClient& client, const std::string& text);

// The id of the saga that was started with that key, or whose id begins with the text. Errors as above.
Result<std::string> find_saga_by_key_or_prefix(NodeClient& client, const std::string& text);

}  // namespace sagactl

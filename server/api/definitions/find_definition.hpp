// Finding a definition by the name in a path.
#pragma once

#include <optional>
#include <string>

#include "server/ports/queries.hpp"

namespace sagactl::api {

// A user's definition; without `version` its newest. `not_found` names the nearest name there is, or the versions. May
// block.
Result<StoredDefinition> find_users_definition(Queries& queries, const std::string& name,
                                               std::optional<int> version = {});

}  // namespace sagactl::api

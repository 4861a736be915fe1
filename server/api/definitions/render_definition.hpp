// Definitions of sagas as JSON. Pure.
#pragma once

#include "common/text/json.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

// An element of GET /sagas/definitions. Without the addresses of participants.
Json built_in_definition_json(const SagaDefinition& definition);
Json users_definition_json(const StoredDefinition& stored);

}  // namespace sagactl::api

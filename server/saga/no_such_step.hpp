// The error for the name of a step that a saga does not have.
#pragma once

#include "common/id.hpp"
#include "common/result.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// `not_found`, with the nearest name that there is.
Error no_such_step(const SagaDefinition& definition, SagaId saga, std::string_view name);

}  // namespace sagactl

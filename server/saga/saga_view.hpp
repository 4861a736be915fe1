// A saga as people and clients see it.
#pragma once

#include <string>
#include <vector>

#include "server/saga/definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// The name of the step that is in progress or next; the status once the saga has ended.
std::string current_step(const SagaDefinition& definition, const Saga& saga);

// In the order of the definition, without steps that are not `listed`.
std::vector<std::string> completed_steps(const SagaDefinition& definition, const Saga& saga);

// The names of the compensations that were carried out, in their order.
std::vector<std::string> compensation_steps(const SagaDefinition& definition, const Saga& saga);

}  // namespace sagactl

// A saga as people and clients see it.
#pragma once

#include <string>
#include <vector>

#include "server/saga/definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// The names of the steps in progress, in the order of the definition.
std::vector<std::string> steps_in_progress(const SagaDefinition& definition, const Saga& saga);

// The steps that are in progress ("hotel, flight"), or the next one; the status once the saga has ended.
std::string current_step(const SagaDefinition& definition, const Saga& saga);

// In the order of the definition, without steps that are not `listed`.
std::vector<std::string> completed_steps(const SagaDefinition& definition, const Saga& saga);

// The names of the compensations that were carried out, in order.
std::vector<std::string> compensation_steps(const SagaDefinition& definition, const Saga& saga);

}  // namespace sagactl

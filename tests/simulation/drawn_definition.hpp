// Definitions of users' sagas that are drawn at random: graphs, pivots, waits, sleeps, questions, several participants.
#pragma once

#include "common/random.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::simulation {

// A step's call has the member `key`, by which its participant knows it, in its body or query; so has its undo, or the
// member `id` that the participant gave. What comes after the pivot has no undo.
DefinitionPointer draw_definition(Random& random, int number);

// Whether the step comes after another one, directly or not.
bool comes_after(const SagaDefinition& definition, std::size_t later, std::size_t earlier);

}  // namespace sagactl::simulation

// Requests of a rehearsal to a participant that are no calls of a saga: what is in effect there, and its clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/participants/calls/participant_call.hpp"
#include "server/ports/participant_caller.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// Makes the call and waits for its answer.
ParticipantAnswer call_and_wait(const ParticipantCall& call, ParticipantCaller& participants);

// Sets the clock of the call's participant forward, by its `advance`. `invalid` when it has none.
Result<ParticipantCall> advance_request(const ParticipantCall& call, Duration by);

// The participants that the definition's steps call, for doing or undoing: each once, in the order of the definition.
std::vector<std::size_t> called_participants(const SagaDefinition& definition);

// Whether they are there: each is sent a GET of its address, and any answer will do. `unavailable` names all that give
// none, and why. Blocks.
Result<void> reach_participants(const DefinitionPointer& definition, ParticipantCaller& participants);

// What the saga has in effect at the participant, by its `probe`. None: it has no probe. Errors: `unavailable` when the
// probe failed, `invalid` when its answer has no number. Blocks.
Result<std::optional<std::int64_t>> count_effects(const Saga& saga, std::size_t participant,
                                                  ParticipantCaller& participants);

}  // namespace sagactl

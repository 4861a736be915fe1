// Requests of a rehearsal to a participant that are no calls of a saga: what is in effect there, and its clock.
#pragma once

#include <cstdint>
#include <optional>

#include "server/participants/calls/participant_call.hpp"
#include "server/ports/participant_caller.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// Makes the call and waits for its answer.
ParticipantAnswer call_and_wait(const ParticipantCall& call, ParticipantCaller& participants);

// Sets the clock of the call's participant forward, by its `advance`. `invalid` when it has none.
Result<ParticipantCall> advance_request(const ParticipantCall& call, Duration by);

// What the saga has in effect at the participant, by its `probe`. None: it has no probe. Errors: `unavailable` when the
// probe failed, `invalid` when its answer has no number. Blocks.
Result<std::optional<std::int64_t>> count_effects(const Saga& saga, std::size_t participant,
                                                  ParticipantCaller& participants);

}  // namespace sagactl

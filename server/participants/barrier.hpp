// Makes a call to a participant count once, whatever is repeated, lost or late: the saga, step, attempt and
// direction are recorded with the participant's own change. (Name and the three cases: "child transaction
// barrier", DTM, https://dtm.pub/practice/barrier.html.)
#pragma once

#include <optional>
#include <vector>

#include "server/participants/flow.hpp"

namespace sagactl {

// The answer to `call` when it needs no work: it was made before; or its action came after its compensation; or
// its compensation came before any action, which is recorded and so blocks the action. Null: the participant is
// to do its work. `begun`: whether the participant knows anything of this step and attempt.
std::optional<Outcome> answer_from_barriers(std::vector<Barrier>& barriers, const StepCall& call, bool begun);

// Records a final outcome. Unavailable and UnknownOutcome are not final and leave no barrier.
void record_barrier(std::vector<Barrier>& barriers, std::size_t step, Direction direction, int attempt,
                    const Outcome& outcome);

}  // namespace sagactl

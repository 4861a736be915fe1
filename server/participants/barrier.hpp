// Makes a call to a participant count once, whatever is repeated, lost or late: the saga, step, execution and
// direction are recorded with the participant's own change. (Name and the three cases: "child transaction
// barrier", DTM, https://dtm.pub/practice/barrier.html.)
#pragma once

#include <optional>
#include <vector>

#include "server/participants/flow.hpp"

namespace sagactl {

// Whether a refusal is the end of a call: of an action that the saga goes back from. A compensation that was refused, or
// an action after the pivot, may be asked for again, by the saga or by a person, and is to reach the participant then.
bool refusal_is_final(const SagaDefinition* definition, std::size_t step, Direction direction);

// The answer to `call` when it needs no work: it was made before; or its action came after its compensation; or
// its compensation came before any action, which is recorded and so blocks the action. Null: the participant is
// to do its work. `begun`: whether the participant knows anything of this step and execution.
std::optional<Outcome> answer_from_barriers(std::vector<Barrier>& barriers, const StepCall& call, bool begun,
                                            bool refusal_is_final = true);

// From now on the action is refused: it has not been done, and its saga goes back.
Outcome block_action(std::vector<Barrier>& barriers, const StepCall& call);

// Records a final outcome. Unavailable and UnknownOutcome are not final and leave no barrier, nor does a refusal that is
// not final.
void record_barrier(std::vector<Barrier>& barriers, std::size_t step, Direction direction, int execution,
                    const Outcome& outcome, bool refusal_is_final = true);

}  // namespace sagactl

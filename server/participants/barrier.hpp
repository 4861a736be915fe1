// Makes a call to a participant count once, however often it is repeated, lost or late: the saga, step, execution and
// direction are recorded in the commit of the participant's own change. (Name and the three cases: "child transaction
// barrier", DTM, https://dtm.pub/practice/barrier.html.)
#pragma once

#include <optional>
#include <vector>

#include "server/participants/flow.hpp"

namespace sagactl {

// Whether a refusal ends a call: it does for an action up to the pivot, after which the saga compensates. A refused
// compensation, or a refused action after the pivot, may be called again, by the saga or by an operator's retry, and
// has to reach the participant then.
bool refusal_is_final(const SagaDefinition* definition, std::size_t step, Direction direction);

// The answer to `call` when the participant has nothing to do: it was made before; or it is an action that comes after
// its compensation; or it is a compensation that comes before any action, which is recorded and so blocks the action.
// None: the participant has to do its work. `has_record`: whether the participant has a record of this step and
// execution.
std::optional<Outcome> answer_from_barriers(std::vector<Barrier>& barriers, const StepCall& call, bool has_record,
                                            bool refusal_is_final = true);

// Refuses the action from now on: it has not been done, and its saga is compensating.
Outcome block_action(std::vector<Barrier>& barriers, const StepCall& call);

// Records a final outcome. Unavailable, UnknownOutcome and a refusal that is not final leave no barrier.
void record_barrier(std::vector<Barrier>& barriers, std::size_t step, Direction direction, int execution,
                    const Outcome& outcome, bool refusal_is_final = true);

}  // namespace sagactl

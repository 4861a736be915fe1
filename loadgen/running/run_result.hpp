// From the entries of a run to its figures.
#pragma once

#include "loadgen/run.hpp"
#include "loadgen/running/phase_plan.hpp"
#include "loadgen/running/preparation.hpp"
#include "loadgen/sending/journey_plan.hpp"

namespace sagactl {

// What the ledger says of the run as a whole.
void describe_run(Ledger& ledger, const RunPreparation& preparation, const std::vector<LoadPhase>& phases);

// Everything that follows from the entries in `result.ledger`: figures, counts, journeys. Only the lateness of
// `result.generator` is set.
void add_figures(RunResult& result, const JourneyPlan& plan, const PlannedSeconds& planned);

}  // namespace sagactl

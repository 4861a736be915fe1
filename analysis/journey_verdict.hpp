// The verdict about the steps of journeys beside the one that creates the order.
#pragma once

#include <optional>

#include "analysis/run_verdicts.hpp"
#include "analysis/verdict.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

// "journeys-go-as-described": FAIL when an answer had a status that its step does not expect or lacked a value that the
// step keeps, or when a step asked in vain until its time was over. UNKNOWN when more than `missing_max` of the
// requests of steps beside the order's got no answer. Nothing for a run of single requests.
std::optional<Verdict> journeys_go_as_described(const RunResult& load, double missing_max = missing_max_default);

}  // namespace sagactl

// What a load test itself was worth: whether what was planned was sent, and whether what was sent was answered. Of what
// was not, the other verdicts say nothing.
#pragma once

#include <array>

#include "analysis/verdict.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

inline constexpr double missing_max_default = 0.05;

// "load-was-sent": UNKNOWN when more than `missing_max` of the planned requests never left, or all of those to one
// target.
Verdict load_was_sent(const RunResult& load, double missing_max = missing_max_default);

// "answers-were-read": UNKNOWN when more than `missing_max` of the requests that were sent got no answer that could be
// read, or none of those to one target did.
Verdict answers_were_read(const RunResult& load, double missing_max = missing_max_default);

}  // namespace sagactl

// The verdicts about the load test itself: whether the planned requests were sent, and whether they were answered. The
// other verdicts say nothing about requests that were not.
#pragma once

#include <array>

#include "analysis/verdict.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

inline constexpr double missing_max_default = 0.05;

// "load-was-sent": UNKNOWN when more than `missing_max` of the planned requests were not sent, or none of those to one
// target was.
Verdict load_was_sent(const RunResult& load, double missing_max = missing_max_default);

// "answers-were-read": UNKNOWN when more than `missing_max` of the requests that were sent got no readable answer, or
// none of those to one target did, or the profile does not say what one of the answers means, or no accepting answer
// names an order although `names_orders`: the profile says where.
Verdict answers_were_read(const RunResult& load, double missing_max = missing_max_default, bool names_orders = false);

// "servers-were-verified": of a run with --insecure, in which they were not. It does not count.
Verdict servers_were_verified();

}  // namespace sagactl

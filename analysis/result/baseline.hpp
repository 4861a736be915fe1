// The limits within which a run is no worse than an earlier one.
#pragma once

#include <string_view>
#include <vector>

#include "analysis/result/threshold.hpp"

namespace sagactl {

// Limits from a saved result: latencies and errors may be 1 + `tolerance` times as high, and the throughput as many
// times lower, so that it is limited by any tolerance. A latency may always be half a millisecond higher, and errors a
// thousandth of the requests more: such differences are noise. A percentile for which the baseline had too few samples
// sets no limit. `invalid` when the result is not a load test of that scenario.
Result<std::vector<Threshold>> baseline_limits(const Json& baseline, std::string_view scenario, double tolerance);

// What it sets no limit for although it has the figure, with the reason: "p99, as the baseline has too few ...".
std::vector<std::string> not_limited(const Json& baseline);

}  // namespace sagactl

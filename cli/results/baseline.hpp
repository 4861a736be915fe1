// `loadtest --baseline FILE --tolerance PERCENT`: thresholds from an earlier run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/result/threshold.hpp"
#include "cli/invocation.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct Baseline {
  std::string file;  // empty: no baseline
  double tolerance = 0.2;
};

// 0.2 for "20%".
Result<double> parse_percent(const std::string& text);

void add_baseline_flags(CLI::App& app, Baseline& baseline);

// The thresholds of the baseline for a run of that scenario; empty without a baseline.
Result<std::vector<Threshold>> baseline_thresholds(const Invocation& invocation, const Baseline& baseline,
                                                   std::string_view scenario);

}  // namespace sagactl

// `loadtest --baseline FILE --tolerance SHARE`: no worse than an earlier run.
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
  std::string file;  // empty: there is none
  double tolerance = 0.2;
};

// Of "20%": 0.2. `invalid` for what is none.
Result<double> parse_percent(const std::string& text);

void add_baseline_flags(CLI::App& app, Baseline& baseline);

// The thresholds that the baseline sets for a run of that scenario; none without a baseline.
Result<std::vector<Threshold>> baseline_thresholds(const Invocation& invocation, const Baseline& baseline,
                                         std::string_view scenario);

}  // namespace sagactl

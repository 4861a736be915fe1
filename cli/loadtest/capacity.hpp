// `loadtest --capacity`: runs at different rates, until the highest rate that meets the thresholds is known.
#pragma once

#include <stop_token>
#include <vector>

#include "analysis/result/threshold.hpp"
#include "cli/invocation.hpp"
#include "loadgen/run.hpp"
#include "loadgen/schedule/capacity_search.hpp"

namespace sagactl {

struct CapacityStep {
  double rate = 0;
  double sent_per_second = 0;
  Duration p50{0}, p99{0};
  double errors = 0;  // ratio
  CapacityOutcome outcome = CapacityOutcome::no_evidence;
  std::string reason;
};

struct CapacityResult {
  double knee = 0;  // 0: no rate met the thresholds
  CapacityLimit limit = CapacityLimit::none;
  std::vector<CapacityStep> steps;
  RunResult best;  // the run at the knee, or the last run without a knee
  bool interrupted = false;
};

// The outcome of one run. Pure.
CapacityStep judge_step(double rate, const RunResult& load, std::span<const Threshold> thresholds);

// `run` executes a load test and waits until its sagas have ended; `judge` gets each run that is the best so far,
// before the next one changes anything. Each step is printed when it ends.
Result<CapacityResult> search_capacity(const Invocation& invocation, const LoadOptions& options,
                                       std::span<const Threshold> thresholds, const std::stop_token& stop,
                                       const std::function<Result<RunResult>(const LoadOptions&)>& run,
                                       const std::function<void(RunResult&)>& judge);

// `width`: columns to keep to; 0: any width.
std::string capacity_text(const CapacityResult& found, int width = 0);
Json capacity_json(const CapacityResult& found);

}  // namespace sagactl

// What is shown of a run while it goes on, from the counts of its requests.
#pragma once

#include <cstdint>
#include <optional>

#include "loadgen/run.hpp"
#include "loadgen/running/phase_plan.hpp"

namespace sagactl {

class ProgressReport {
 public:
  // `progress`, which may be empty, outlives this.
  ProgressReport(const LoadOptions& options, const ProgressCallback& progress)
      : is_open_loop_(options.rate.has_value()), orders_(options.orders), progress_(progress) {}

  void begin_phase(const LoadPhase& phase, std::int64_t start_ns);
  // `all`: since the start of the run.
  void report(const EntryCounts& all, const PlannedSeconds& planned);
  // The phase was the warm-up: what was counted until now is not of the measured phases.
  void end_warmup(const EntryCounts& all) { warmup_ = all; }
  void set_agents(std::vector<AgentProgress> agents) { agents_ = std::move(agents); }

 private:
  void update_percentiles(const EntryCounts& all, std::int64_t now);

  const bool is_open_loop_;
  const std::optional<std::uint64_t> orders_;
  const ProgressCallback& progress_;
  LoadPhase phase_;
  std::int64_t start_ns_ = 0;
  EntryCounts warmup_;
  std::vector<AgentProgress> agents_;
  std::uint64_t last_sent_ = 0;
  std::int64_t last_report_ns_ = 0;
  LiveHistogramCounts times_at_window_begin_{};  // counts at the beginning of the current window
  std::int64_t window_began_ns_ = 0;
  Duration shown_p50_{0}, shown_p99_{0};
};

}  // namespace sagactl

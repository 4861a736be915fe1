// How far a load test has come, on the error stream: a view that is written over again on a terminal, a line
// every few seconds elsewhere, nothing with --quiet.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

// What the view shows beside a run's own progress.
struct ProgressContext {
  std::vector<std::string> targets;          // as Progress::answered counts them
  std::optional<std::int64_t> sagas_active;  // nothing: it cannot be told
};

class ProgressDisplay {
 public:
  explicit ProgressDisplay(const Invocation& invocation) : invocation_(invocation) {}

  void show(const Progress& progress, const ProgressContext& surroundings);
  void show(const std::string& phase, const std::string& text);
  // Leaves the terminal as it was before; what comes next may be written.
  void end();

 private:
  bool redraws() const;
  bool is_due(const std::string& phase);
  void draw(const std::vector<std::string>& lines);

  const Invocation& invocation_;
  std::string phase_;  // that was shown last
  std::chrono::steady_clock::time_point shown_at_;
  std::size_t lines_ = 0;  // that the view has; the cursor stands in the last
};

// The view of a run, line by line, without its colours. Pure.
std::vector<std::string> live_view(const Progress& progress, const ProgressContext& surroundings);

}  // namespace sagactl

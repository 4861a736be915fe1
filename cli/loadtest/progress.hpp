// The progress of a load test on the error stream: a view that is redrawn on a terminal, one line every few seconds
// otherwise, nothing with --quiet.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

// What the view shows in addition to the progress of the run.
struct ProgressContext {
  std::vector<std::string> targets;          // in the order of LoadProgress::answered
  std::optional<std::int64_t> sagas_active;  // none: not known
};

class ProgressDisplay {
 public:
  explicit ProgressDisplay(const Invocation& invocation) : invocation_(invocation) {}

  void show(const LoadProgress& progress, const ProgressContext& context);
  void show(const std::string& phase, const std::string& text);
  // Removes the view; other output may follow.
  void end();

 private:
  bool can_redraw() const;
  bool is_due(const std::string& phase);
  void draw(const std::vector<std::string>& lines);

  const Invocation& invocation_;
  std::string phase_;  // shown last
  std::chrono::steady_clock::time_point shown_at_;
  std::size_t lines_ = 0;  // of the view; the cursor is in the last one
};

// The lines of the view. Pure.
std::vector<std::string> live_view(const LoadProgress& progress, const ProgressContext& context);

}  // namespace sagactl

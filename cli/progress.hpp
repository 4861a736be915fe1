// How far a long command has come, on the error stream: one line that is written over again on a terminal, a
// line every few seconds elsewhere, nothing with --quiet.
#pragma once

#include <chrono>
#include <string>

#include "cli/invocation.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

class ProgressLine {
 public:
  explicit ProgressLine(const Invocation& invocation) : invocation_(invocation) {}

  void show(const Progress& progress);
  void show(const std::string& phase, const std::string& text);
  // Leaves the terminal with an empty line; what comes next may be written.
  void end();

 private:
  const Invocation& invocation_;
  std::string phase_;  // that was shown last
  std::chrono::steady_clock::time_point shown_at_;
  bool open_ = false;  // does the cursor stand at the end of a line?
};

}  // namespace sagactl

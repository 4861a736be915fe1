// Commands that faults run, and processes that they start again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/processes.hpp"

namespace sagactl {

// Runs a program until it has ended, for at most command_time_max: then it and what it started are killed. Errors:
// `unavailable` with its exit code and the end of what it printed, without secrets.
Result<void> run_program(const std::vector<std::string>& arguments);
Result<void> run_shell(const std::string& command);  // by /bin/sh

inline constexpr Duration command_time_max = 60s;

// How a process was started: enough to start it again.
class StartOfProcess {
 public:
  // Read while it runs. `unavailable` where that may not be read.
  static Result<StartOfProcess> read(pid_t pid);
  // With the same arguments, environment, folder and, where they can be opened, the same outputs; apart from this
  // program, which it outlives. `unavailable` when it does not start or ends at once.
  Result<ProcessRef> start_again() const;

 private:
  struct Output;
  std::string program_, folder_;
  std::vector<std::string> arguments_, environment_;
  std::shared_ptr<Output> out_, err_;
};

}  // namespace sagactl

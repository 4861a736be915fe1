// A child process that undoes what is paused or otherwise half done when this program ends without doing so itself, as
// after kill -9.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/processes.hpp"

namespace sagactl {

class FaultWatcher {
 public:
  // `undo`: the command of each fault, by its place, as its arguments; empty for those without one. The child is made
  // here, before the load, and has nothing open but its end of a pipe.
  static Result<std::unique_ptr<FaultWatcher>> start(const std::vector<std::vector<std::string>>& undo);
  ~FaultWatcher();  // what is still armed is undone, and waited for
  FaultWatcher(const FaultWatcher&) = delete;
  FaultWatcher& operator=(const FaultWatcher&) = delete;

  // From now on the child continues the processes, and runs the undo command of the fault, when this program ends. Any
  // thread; returns when the child will not miss it. At most processes_max processes.
  void arm(std::size_t fault, const std::vector<ProcessRef>& processes);
  // The fault was undone: nothing is left for the child to do.
  void disarm(std::size_t fault);

 private:
  FaultWatcher(pid_t child, int pipe) : child_(child), pipe_(pipe) {}

  std::mutex mutex_;
  const pid_t child_;
  const int pipe_;
};

}  // namespace sagactl

// A check: one invariant, tested over a history.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/history/observer.hpp"
#include "analysis/verdict.hpp"
#include "common/records/scratch.hpp"

namespace sagactl {

class Check : public Observer {
 public:
  // Called once, after the whole history was read.
  virtual Verdict finish(const ClusterSnapshot& snapshot) = 0;
};

using Checks = std::vector<std::unique_ptr<Check>>;

// How checks judge a history.
struct CheckOptions {
  // The system is idle, or the drain timeout is over: whatever is unfinished is wrong. False: the system may be
  // running, and what is unfinished is wrong only after `stuck_after` without progress.
  bool drained = false;
  Duration stuck_after = 60s;
  // Not empty: only the sagas of this load test were drained; those of others may still be running.
  std::string run = {};
  Duration lock_clock_error = 10ms;  // between the clocks of lock and database, at most
  Scratch scratch = {};
};

}  // namespace sagactl

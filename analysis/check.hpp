// A check: one invariant, held against a history.
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
  // Called once, after everything was seen.
  virtual Verdict finish(const ClusterSnapshot& snapshot) = 0;
};

using Checks = std::vector<std::unique_ptr<Check>>;

// How a check is to look at a history.
struct CheckOptions {
  // Nothing works on the sagas any more, or they had all the time they were given: what is unfinished is
  // wrong. False: the system may be running, and what is unfinished is only wrong after `stuck_after` without
  // progress.
  bool drained = false;
  Duration stuck_after = 60s;
  // Not empty: it is the sagas of this load test that were drained. Those of others may take their time.
  std::string run = {};
  Duration lock_clock_error = 10ms;  // between the clocks of lock and database, at most
  Scratch scratch = {};
};

}  // namespace sagactl

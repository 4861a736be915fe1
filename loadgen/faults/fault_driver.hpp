// Carries out the faults of processes and commands at their times, and undoes what is to be undone.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/fault_mark.hpp"
#include "loadgen/faults/fault_plan.hpp"
#include "loadgen/faults/fault_watcher.hpp"

namespace sagactl {

// One fault and what is needed to undo it. For one thread.
class FaultExecution {
 public:
  virtual ~FaultExecution() = default;
  // Whether its target is there, before anything is sent.
  virtual Result<void> check() = 0;
  // Both return a description of what was done, for people. What begin() has begun, end() undoes; it is then called
  // once, also when begin() failed in the middle.
  virtual Result<std::string> begin() = 0;
  virtual Result<std::string> end() = 0;
  virtual bool is_undone() const = 0;      // there is something for end() to do
  virtual std::string target() const = 0;  // as in FaultMark; known from check() on
};

// `place`: of the fault in its list, for the watcher, which outlives it.
std::unique_ptr<FaultExecution> make_execution(const Fault& fault, std::size_t place, FaultWatcher& watcher);

class FaultDriver {
 public:
  // `invalid` when a target is not there or may not be hit: names the fault and why.
  static Result<std::unique_ptr<FaultDriver>> prepare(const std::vector<Fault>& faults);
  ~FaultDriver();  // like end()

  // The measured load starts at `start_ns` of steady_ns().
  void begin(std::int64_t start_ns);
  // The load has ended: faults that were not due are not done, and all others are undone. Blocks until then.
  std::vector<FaultMark> end();

 private:
  struct Planned {
    Fault fault;
    std::unique_ptr<FaultExecution> execution;
    FaultMark mark;
    std::jthread thread;
  };

  explicit FaultDriver(std::unique_ptr<FaultWatcher> watcher) : watcher_(std::move(watcher)) {}
  void carry_out(Planned& planned, std::int64_t start_ns, const std::stop_token& stop);

  std::unique_ptr<FaultWatcher> watcher_;
  std::vector<std::unique_ptr<Planned>> faults_;
};

}  // namespace sagactl

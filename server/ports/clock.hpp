// Time and timers. The real clock reads the machine's clocks; the simulated one is advanced by hand.
#pragma once

#include <functional>

#include "common/steady_time.hpp"
#include "common/time.hpp"

namespace sagactl {

class Clock {
 public:
  virtual ~Clock() = default;

  // The time of day, which an operator or a time service may set forward or back at any moment: for what is stored or
  // shown, and for comparing with times from outside.
  virtual Timestamp now() const = 0;

  // For everything that waits or is measured: deadlines, leases, retries, limits, durations. Only goes forward.
  virtual SteadyTime steady() const = 0;

  // Calls `work` once after `delay` on the steady clock, on the clock's own thread; from any thread. Work that is
  // still waiting when the clock is destroyed is dropped.
  virtual void after(Duration delay, std::function<void()> work) = 0;
};

}  // namespace sagactl

// Time, and things to be done later. The real one reads the machine's clocks; the simulated one is moved by hand.
#pragma once

#include <functional>

#include "common/steady_time.hpp"
#include "common/time.hpp"

namespace sagactl {

class Clock {
 public:
  virtual ~Clock() = default;

  // The time of day, which an operator or a time service may set forward or back at any moment: for what is written
  // and shown, and for what came from outside with a time of day of its own.
  virtual Timestamp now() const = 0;

  // For all that waits: deadlines, leases, retries, limits, and how long something took. Only goes forward.
  virtual SteadyTime steady() const = 0;

  // Calls `work` once after `delay` on the steady clock, on the clock's own thread; from any thread. Work that is
  // still waiting when the clock is destroyed is dropped.
  virtual void after(Duration delay, std::function<void()> work) = 0;
};

}  // namespace sagactl

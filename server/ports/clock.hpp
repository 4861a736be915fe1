// Time, and things to be done later. The real one reads the machine's clock; the simulated one is moved by hand.
#pragma once

#include <functional>

#include "common/time.hpp"

namespace sagactl {

class Clock {
 public:
  virtual ~Clock() = default;

  virtual Timestamp now() const = 0;

  // Calls `work` once after `delay`, on the clock's own thread; from any thread. Work that is still waiting when
  // the clock is destroyed is dropped.
  virtual void after(Duration delay, std::function<void()> work) = 0;
};

}  // namespace sagactl

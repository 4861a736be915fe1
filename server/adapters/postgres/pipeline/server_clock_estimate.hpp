// What the database server's clock should show by now. A clock that is set back would prolong the leases of dead nodes,
// timers and reservations by as much; the node's steady clock then continues in its place.
#pragma once

#include <chrono>

#include "common/time.hpp"

namespace sagactl::postgres {

// Not for several threads at once.
class ServerClockEstimate {
 public:
  // From the last observation; zero before the first. Advances a little slower than a clock, so that it is never ahead
  // of a server whose clock is right.
  Timestamp expected() const {
    if (observed_ == Timestamp{}) return {};
    return observed_ + std::chrono::duration_cast<Duration>(Steady::now() - at_) * 7 / 8;
  }

  // The database's time was `time`, just now.
  void observe(Timestamp time) {
    observed_ = time;
    at_ = Steady::now();
  }

  // A server whose clock is behind by more was set back; a smaller difference is waited for.
  static constexpr Duration behind = std::chrono::seconds(5);

 private:
  using Steady = std::chrono::steady_clock;
  Timestamp observed_;
  Steady::time_point at_;
};

}  // namespace sagactl::postgres

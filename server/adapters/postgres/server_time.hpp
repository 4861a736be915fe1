// What a node knows of the database server's clock: how far it had come. A clock that is set back would make leases of
// dead nodes, timers and reservations last longer by as much; so from then on the node's steady clock goes on for it.
#pragma once

#include <chrono>

#include "common/time.hpp"

namespace sagactl::postgres {

// Not for several threads at once.
class ServerTime {
 public:
  // The time now by what was told last; zero when nothing was. A little slower than the clock that it stands for, so
  // that it is not ahead of one that goes right.
  Timestamp expected() const {
    if (told_ == Timestamp{}) return {};
    return told_ + std::chrono::duration_cast<Duration>(Steady::now() - at_) * 7 / 8;
  }

  // The database's time was `time`, just now.
  void told(Timestamp time) {
    told_ = time;
    at_ = Steady::now();
  }

  // A server that is as far behind what was expected was set back. Less than that is waited for.
  static constexpr Duration behind = std::chrono::seconds(5);

 private:
  using Steady = std::chrono::steady_clock;
  Timestamp told_;
  Steady::time_point at_;
};

}  // namespace sagactl::postgres

// The durable timers of the sagas that this node drives, and when each is due on the node's steady clock.
#pragma once

#include <cstddef>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "common/steady_time.hpp"
#include "server/engine/batch/command_batch.hpp"

namespace sagactl {

// Only used in turns.
class SagaTimers {
 public:
  // Replaces the saga's timer. A saga that has ended is removed.
  void set(const Wake& wake, SteadyTime now);

  // Removes the saga if `at`, which was found to be out of date, is still its timer.
  void forget(OrderId order, Timestamp at);

  // Takes those that are due, at most `max`.
  std::vector<WakeRequest> fire(SteadyTime now, std::size_t max);

  SteadyTime due() const;                            // of the next one
  std::size_t open() const { return open_.size(); }  // the number of sagas
  std::vector<OrderId> flows() const;                // of these sagas
  void clear();

 private:
  struct Timer {
    SteadyTime due;
    Timestamp at;
    OrderId order;
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };

  std::unordered_map<OrderId, Timestamp> open_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;  // including replaced ones
};

}  // namespace sagactl

// The durable timers of the sagas that this node drives, and when each is due on this node's steady clock.
#pragma once

#include <cstddef>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "common/steady_time.hpp"
#include "server/engine/batch/command_batch.hpp"

namespace sagactl {

// Only touched in turns.
class SagaTimers {
 public:
  // What a saga wants now counts, and what it wanted before does not. One that has ended is forgotten.
  void set(const Wake& wake, SteadyTime now);

  // The saga's durable timer `at` was found to be out of date.
  void forget(OrderId order, Timestamp at);

  // Takes those that are due, at most `max`.
  std::vector<WakeRequest> fire(SteadyTime now, std::size_t max);

  SteadyTime due() const;  // the next one
  std::size_t open() const { return open_.size(); }
  void clear();

 private:
  struct Timer {
    SteadyTime due;
    Timestamp at;
    OrderId order;
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };

  std::unordered_map<OrderId, Timestamp> open_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;  // those that no longer count among them
};

}  // namespace sagactl

// The durable timers of the sagas that this node drives, and when each is due on the node's steady clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/steady_time.hpp"
#include "server/engine/batch/command_batch.hpp"

namespace sagactl {

// One timer for each open saga, in a priority queue that knows the place of each: a timer that is replaced or removed
// is gone at once, however far ahead it was, so that the memory depends on the number of open sagas alone (about 75
// bytes each). Only used in turns.
class SagaTimers {
 public:
  // Replaces the saga's timer. A saga that has ended is removed.
  void set(const Wake& wake, SteadyTime now);

  // Removes the saga if `at`, which was found to be out of date, is still its timer.
  void forget(OrderId order, Timestamp at);

  // Takes those that are due, at most `max`, the longest overdue first. Their sagas stay open.
  std::vector<WakeRequest> fire(SteadyTime now, std::size_t max);

  SteadyTime due() const;                            // of the next one
  std::size_t open() const { return open_.size(); }  // the number of sagas
  std::vector<OrderId> flows() const;                // of these sagas
  void clear();

 private:
  struct Timer {
    SteadyTime due;
    Timestamp at;
    std::uint32_t place = 0;  // in the queue; fired: it has fired, and is in no queue
  };
  using Open = std::unordered_map<OrderId, Timer>;
  static constexpr std::uint32_t fired = UINT32_MAX;

  static bool is_before(const Open::value_type& a, const Open::value_type& b);
  void put(std::size_t place, Open::value_type* entry);
  void move_up(std::size_t place);
  void move_down(std::size_t place);
  void push(Open::value_type& entry);
  void remove(Open::value_type& entry);  // from the queue
  void erase(Open::iterator open);

  Open open_;
  std::vector<Open::value_type*> heap_;  // each before the two at 2i+1 and 2i+2
};

}  // namespace sagactl

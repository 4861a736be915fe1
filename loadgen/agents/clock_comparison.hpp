// How far the clock of another machine is from this one's, from round trips (Cristian, "Probabilistic clock
// synchronization", 1989): the shortest one says most.
#pragma once

#include <cstdint>
#include <optional>

#include "common/time.hpp"

namespace sagactl {

// The other machine read its clock at some moment between the sending of a question and its answer.
struct ClockReading {
  std::int64_t asked_ns = 0, answered_ns = 0;  // by this machine's steady_ns()
  std::int64_t other_ns = 0;                   // by the other's
  std::int64_t other_wall_ns = 0;              // its time since 1970
};

class ClockComparison {
 public:
  // A reading whose answer came before it was asked is ignored.
  void add(const ClockReading& reading);

  bool any() const { return best_.has_value(); }
  // The other's steady_ns() minus this one's, for the same moment; right to uncertainty_ns().
  std::int64_t difference_ns() const;
  std::int64_t uncertainty_ns() const;  // half of the shortest round trip
  // The other's time of day minus this machine's, given this machine's time of day at its steady_ns() 0.
  std::int64_t wall_difference_ns(std::int64_t epoch_offset_ns) const;

 private:
  std::int64_t middle_ns() const { return best_->asked_ns + (best_->answered_ns - best_->asked_ns) / 2; }

  std::optional<ClockReading> best_;
};

}  // namespace sagactl

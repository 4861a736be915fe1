#include "loadgen/agents/clock_comparison.hpp"

namespace sagactl {

void ClockComparison::add(const ClockReading& reading) {
  const std::int64_t round_trip = reading.answered_ns - reading.asked_ns;
  if (round_trip < 0) return;
  if (!best_ || round_trip < best_->answered_ns - best_->asked_ns) best_ = reading;
}

std::int64_t ClockComparison::difference_ns() const {
  return best_->other_ns - middle_ns();
}

std::int64_t ClockComparison::uncertainty_ns() const {
  return (best_->answered_ns - best_->asked_ns + 1) / 2;
}

std::int64_t ClockComparison::wall_difference_ns(std::int64_t epoch_offset_ns) const {
  return best_->other_wall_ns - (middle_ns() + epoch_offset_ns);
}

}  // namespace sagactl

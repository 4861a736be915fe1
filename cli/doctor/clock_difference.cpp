#include "cli/doctor/clock_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sagactl {

double ClockDifference::certain_ms() const {
  return std::max(0.0, std::abs(difference_ms) - uncertainty_ms);
}

std::string ClockDifference::text() const {
  return fmt::format("{:+.1f} ms from this machine's clock, +/- {:.1f} ms", difference_ms, uncertainty_ms);
}

ClockDifference clock_difference(Timestamp theirs, Timestamp asked, Timestamp answered, double resolution_ms) {
  const Duration round_trip = answered - asked;
  const Timestamp ours = asked + round_trip / 2;
  return {static_cast<double>((theirs - ours).count()) / 1000,
          static_cast<double>(round_trip.count()) / 2000 + resolution_ms};
}

}  // namespace sagactl

// How far another machine's clock is from this machine's.
#pragma once

#include <string>

#include "common/time.hpp"

namespace sagactl {

constexpr double clock_difference_warn_ms = 1'000;

struct ClockDifference {
  double difference_ms = 0;   // positive: the other clock is ahead
  double uncertainty_ms = 0;  // half of the round trip, and the resolution of the other clock

  double certain_ms() const;  // the smallest possible absolute difference
  std::string text() const;   // "+12 ms from this machine's clock, +/- 3 ms"
};

// `theirs` was read between `asked` and `answered`.
ClockDifference clock_difference(Timestamp theirs, Timestamp asked, Timestamp answered, double resolution_ms);

}  // namespace sagactl

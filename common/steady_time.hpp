// Points in time of a monotonic clock, which setting the time of day does not affect. They mean nothing outside of the
// process that read them: Timestamps are stored and shown to people.
#pragma once

#include <compare>
#include <cstdint>

#include "common/time.hpp"

namespace sagactl {

struct SteadyTime {
  std::int64_t us = 0;  // microseconds since an arbitrary point in the past

  friend auto operator<=>(const SteadyTime&, const SteadyTime&) = default;
  friend SteadyTime operator+(SteadyTime t, Duration d) { return {t.us + d.count()}; }
  friend SteadyTime operator-(SteadyTime t, Duration d) { return {t.us - d.count()}; }
  friend Duration operator-(SteadyTime a, SteadyTime b) { return Duration{a.us - b.us}; }
};

inline constexpr SteadyTime never_due{INT64_MAX};

}  // namespace sagactl

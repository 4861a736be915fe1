// The clock of the load generator.
#pragma once

#include <cstdint>
#include <ctime>

namespace sagactl {

// The monotonic clock in nanoseconds: the load generator measures all times with it.
inline std::int64_t steady_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace sagactl

// When requests are to be sent: the complete plan of an open loop, created before its first request. The plan of
// --stages is in stages.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

enum class ArrivalKind {
  constant,  // evenly spaced
  poisson,   // independent: exponential gaps, `rate` on average
  ramp,      // the rate grows evenly from `rate_from` to `rate`
  steps,     // the rate grows in `steps` equal times, from rate/steps to rate
};

std::string_view to_string(ArrivalKind kind);
std::optional<ArrivalKind> parse_arrival(std::string_view text);

struct Arrival {
  ArrivalKind kind = ArrivalKind::constant;
  double rate = 0;       // requests per second, above 0
  double rate_from = 0;  // ramp only
  std::uint32_t steps = 5;
};

using Nanoseconds = std::chrono::nanoseconds;

// The most requests of a plan and of any run: 10 million, with 80 MB of plan and 1.2 GB of ledger.
constexpr std::uint64_t schedule_max = 10'000'000;

// The send times of `count` requests, from the start of the phase, in order, the first near 0. A pure
// function of its arguments. `invalid` for a rate that is not positive and finite or a plan above
// schedule_max.
Result<std::vector<Nanoseconds>> plan_count(const Arrival& arrival, std::uint64_t count, std::uint64_t seed);

// The same for all requests before `duration`.
Result<std::vector<Nanoseconds>> plan_duration(const Arrival& arrival, Duration duration, std::uint64_t seed);

// The time in seconds at which a rate that changes evenly from `from` to `to` over `length_s` seconds has sent `k`
// requests: the positive root of k = from t + (to - from) t^2 / (2 length_s).
double ramp_time(double from, double to, double length_s, double k);

}  // namespace sagactl

#include "loadgen/schedule/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/random.hpp"

namespace sagactl {
namespace {

constexpr double ns_per_second = 1e9;

Nanoseconds from_seconds(double seconds) {
  return Nanoseconds{static_cast<std::int64_t>(std::llround(seconds * ns_per_second))};
}

double average_rate(const Arrival& arrival) {
  switch (arrival.kind) {
    case ArrivalKind::constant:
    case ArrivalKind::poisson:
      return arrival.rate;
    case ArrivalKind::ramp:
      return (arrival.rate_from + arrival.rate) / 2;
    case ArrivalKind::steps:
      return arrival.rate * (arrival.steps + 1) / (2.0 * arrival.steps);
  }
  crash("unknown arrival");
}

double steps_time(const Arrival& arrival, double length, double k) {
  const double step_length = length / arrival.steps;
  double sent_before = 0;
  for (std::uint32_t step = 1; step <= arrival.steps; ++step) {
    const double rate = arrival.rate * step / arrival.steps;
    const double sent = rate * step_length;
    if (k < sent_before + sent || step == arrival.steps) {
      return (step - 1) * step_length + (k - sent_before) / rate;
    }
    sent_before += sent;
  }
  return length;
}

Result<void> check(const Arrival& arrival) {
  if (!(arrival.rate > 0) || !std::isfinite(arrival.rate)) {
    return Error{ErrorCode::invalid, fmt::format("{} per second is not a valid rate", arrival.rate)};
  }
  if (!(arrival.rate_from >= 0) || !std::isfinite(arrival.rate_from)) {
    return Error{ErrorCode::invalid, fmt::format("{} per second is not a valid initial rate", arrival.rate_from)};
  }
  if (arrival.steps == 0 || arrival.steps > 1000) {
    return Error{ErrorCode::invalid, fmt::format("{} is not a valid number of steps: 1 to 1000", arrival.steps)};
  }
  return {};
}

std::vector<Nanoseconds> poisson(const Arrival& arrival, std::uint64_t count, double end, std::uint64_t seed) {
  std::vector<Nanoseconds> plan;
  Random random(seed);
  double at = 0;
  while (plan.size() < count) {
    at += -std::log(1.0 - random.unit()) / arrival.rate;
    if (at >= end) break;
    plan.push_back(from_seconds(at));
  }
  return plan;
}

// Ramp and steps extend over `length` seconds; the plan stops before `end` or after `count`.
std::vector<Nanoseconds> plan(const Arrival& arrival, std::uint64_t count, double length, double end,
                              std::uint64_t seed) {
  if (arrival.kind == ArrivalKind::poisson) return poisson(arrival, count, end, seed);
  const Nanoseconds last = std::isfinite(end) ? from_seconds(end) : Nanoseconds::max();
  std::vector<Nanoseconds> times;
  times.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto k = static_cast<double>(i);
    double at = k / arrival.rate;
    if (arrival.kind == ArrivalKind::ramp) at = ramp_time(arrival.rate_from, arrival.rate, length, k);
    if (arrival.kind == ArrivalKind::steps) at = steps_time(arrival, length, k);
    const Nanoseconds time = from_seconds(at);
    if (time >= last) break;
    times.push_back(time);
  }
  return times;
}

Error too_long(double count) {
  return {ErrorCode::invalid,
          fmt::format("{:.0f} requests are more than the maximum of a run ({}): lower the rate or the duration", count,
                      schedule_max)};
}

}  // namespace

std::string_view to_string(ArrivalKind kind) {
  switch (kind) {
    case ArrivalKind::constant:
      return "constant";
    case ArrivalKind::poisson:
      return "poisson";
    case ArrivalKind::ramp:
      return "ramp";
    case ArrivalKind::steps:
      return "steps";
  }
  crash("unknown arrival");
}

std::optional<ArrivalKind> parse_arrival(std::string_view text) {
  for (const auto kind : {ArrivalKind::constant, ArrivalKind::poisson, ArrivalKind::ramp, ArrivalKind::steps}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

Result<std::vector<Nanoseconds>> plan_count(const Arrival& arrival, std::uint64_t count, std::uint64_t seed) {
  if (auto checked = check(arrival); !checked) return checked.error();
  if (count > schedule_max) return too_long(static_cast<double>(count));
  const double length = static_cast<double>(count) / average_rate(arrival);
  return plan(arrival, count, length, HUGE_VAL, seed);
}

Result<std::vector<Nanoseconds>> plan_duration(const Arrival& arrival, Duration duration, std::uint64_t seed) {
  if (auto checked = check(arrival); !checked) return checked.error();
  const double length = static_cast<double>(duration.count()) / 1e6;
  const double expected = std::max(0.0, length * average_rate(arrival));
  // A Poisson plan may exceed its average; the margin keeps it complete.
  const double most = expected + 10 * std::sqrt(expected) + 10;
  if (most > static_cast<double>(schedule_max)) return too_long(expected);
  return plan(arrival, static_cast<std::uint64_t>(most), length, length, seed);
}

double ramp_time(double from, double to, double length_s, double k) {
  const double growth = (to - from) / length_s;
  // This form of the root does not cancel when the growth is small.
  const double denominator = from + std::sqrt(std::max(0.0, from * from + 2 * growth * k));
  return denominator > 0 ? 2 * k / denominator : 0;
}

}  // namespace sagactl

#include "loadgen/schedule/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace sagactl {
namespace {

std::vector<std::int64_t> milliseconds(const Result<std::vector<Nanoseconds>>& plan) {
  std::vector<std::int64_t> list;
  for (const Nanoseconds time : plan.value()) list.push_back((time.count() + 500'000) / 1'000'000);
  return list;
}

Arrival arrival(ArrivalKind kind, double rate, double rate_from = 0, std::uint32_t steps = 5) {
  return {kind, rate, rate_from, steps};
}

TEST(Schedule, IsTheTableOfItsArrival) {
  struct Row {
    const char* what;
    Arrival arrival;
    std::uint64_t count;
    std::vector<std::int64_t> ms;
  };
  const Row rows[] = {
      {"evenly spaced", arrival(ArrivalKind::constant, 100), 4, {0, 10, 20, 30}},
      {"slower than one a second", arrival(ArrivalKind::constant, 0.5), 3, {0, 2000, 4000}},
      // From 0 to 10/s: 5 requests take one second; the k-th is due at sqrt(k / 5).
      {"a ramp from nothing", arrival(ArrivalKind::ramp, 10), 5, {0, 447, 632, 775, 894}},
      {"a ramp that does not rise", arrival(ArrivalKind::ramp, 10, 10), 3, {0, 100, 200}},
      // From 10 to 0.0001/s over 4 requests: 0.8 s.
      {"a ramp that falls", arrival(ArrivalKind::ramp, 1e-4, 10), 4, {0, 107, 234, 400}},
      // 10/s, then 20/s, as long each: 6 requests take 0.4 s, two of them in the first half.
      {"two steps", arrival(ArrivalKind::steps, 20, 0, 2), 6, {0, 100, 200, 250, 300, 350}},
      {"one step", arrival(ArrivalKind::steps, 10, 0, 1), 2, {0, 100}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(milliseconds(plan_count(row.arrival, row.count, 1)), row.ms) << row.what;
  }
}

TEST(Schedule, FillsADurationAndStopsBeforeItsEnd) {
  EXPECT_EQ(plan_duration(arrival(ArrivalKind::constant, 100), 1s, 1)->size(), 100u);
  EXPECT_EQ(plan_duration(arrival(ArrivalKind::constant, 3), 1s, 1)->size(), 3u);
  EXPECT_EQ(plan_duration(arrival(ArrivalKind::ramp, 100), 2s, 1)->size(), 100u);
  EXPECT_EQ(plan_duration(arrival(ArrivalKind::steps, 100, 0, 4), 1s, 1)->size(), 63u);
  EXPECT_EQ(plan_duration(arrival(ArrivalKind::constant, 1), 1ms, 1)->size(), 1u);
}

TEST(Schedule, NeverGoesBackAndStaysInTheDuration) {
  for (const auto kind : {ArrivalKind::constant, ArrivalKind::poisson, ArrivalKind::ramp, ArrivalKind::steps}) {
    const auto plan = plan_duration(arrival(kind, 5000, 100), 3s, 7);
    ASSERT_TRUE(plan.ok());
    EXPECT_TRUE(std::is_sorted(plan->begin(), plan->end())) << to_string(kind);
    EXPECT_LT(plan->back(), Nanoseconds(3s)) << to_string(kind);
    EXPECT_GT(plan->size(), 1000u) << to_string(kind);
  }
}

TEST(Schedule, PoissonGapsAreExponential) {
  const auto plan = plan_count(arrival(ArrivalKind::poisson, 1000), 20'000, 3);
  double above_mean = 0;
  for (std::size_t i = 1; i < plan->size(); ++i) {
    if (((*plan)[i] - (*plan)[i - 1]) > Nanoseconds(1ms)) above_mean += 1;
  }
  const double seconds = static_cast<double>(plan->back().count()) / 1e9;
  EXPECT_NEAR(seconds, 20, 0.5);
  EXPECT_NEAR(above_mean / 20'000, std::exp(-1), 0.02) << "the share of gaps longer than their mean is 1/e";
}

TEST(Schedule, IsTheSameForTheSameSeedAlone) {
  const Arrival poisson = arrival(ArrivalKind::poisson, 100);
  EXPECT_EQ(*plan_count(poisson, 100, 1), *plan_count(poisson, 100, 1));
  EXPECT_NE(*plan_count(poisson, 100, 1), *plan_count(poisson, 100, 2));
}

TEST(Schedule, RefusesWhatCannotBeSent) {
  for (const double rate : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(plan_count(arrival(ArrivalKind::constant, rate), 1, 1).error().code, ErrorCode::invalid) << rate;
  }
  EXPECT_FALSE(plan_count(arrival(ArrivalKind::ramp, 1, -1), 1, 1).ok());
  EXPECT_FALSE(plan_count(arrival(ArrivalKind::steps, 1, 0, 0), 1, 1).ok());
  EXPECT_FALSE(plan_count(arrival(ArrivalKind::constant, 1), schedule_max + 1, 1).ok());
  EXPECT_FALSE(plan_duration(arrival(ArrivalKind::constant, 1e6), 1h, 1).ok());
}

TEST(Schedule, NamesOfArrivalsAreReadBack) {
  for (const auto kind : {ArrivalKind::constant, ArrivalKind::poisson, ArrivalKind::ramp, ArrivalKind::steps}) {
    EXPECT_EQ(parse_arrival(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_arrival("burst"), std::nullopt);
}

}  // namespace
}  // namespace sagactl

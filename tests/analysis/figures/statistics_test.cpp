// Statistics against known values.
#include "analysis/figures/statistics.hpp"

#include <gtest/gtest.h>

#include "analysis/figures/distribution.hpp"
#include "analysis/figures/time_bins.hpp"

namespace sagactl {
namespace {

// The first three from Brown, Cai and DasGupta's and Newcombe's tables of the Wilson interval.
TEST(Statistics, TheWilsonIntervalAgreesWithPublishedTables) {
  const struct {
    std::uint64_t hits, trials;
    double low, high;
  } table[] = {
      {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0000, 0.1611},
      {1, 29, 0.0061, 0.1718},   {20, 20, 0.8389, 1.0000},  {0, 0, 0.0000, 1.0000},
  };
  for (const auto& row : table) {
    const Interval interval = wilson(row.hits, row.trials);
    EXPECT_NEAR(interval.low, row.low, 5e-5) << row.hits << " of " << row.trials;
    EXPECT_NEAR(interval.high, row.high, 5e-5) << row.hits << " of " << row.trials;
  }
}

TEST(Statistics, TheMedianIsTheMiddleOne) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({7}), 7);
}

// With five and five, critical values of Mann and Whitney's table leave out two differences at each end.
TEST(Statistics, AShiftHasTheIntervalOfMannAndWhitney) {
  const std::vector<double> five = {1, 2, 3, 4, 5}, later = {11, 12, 13, 14, 15};
  const Shift none = shift_between(five, five), ten = shift_between(five, later);
  EXPECT_EQ(none.estimate, 0);
  EXPECT_EQ(none.interval, (Interval{-3, 3}));
  EXPECT_EQ(ten.estimate, 10);
  EXPECT_EQ(ten.interval, (Interval{7, 13}));
}

TEST(Statistics, AShiftOfTooFewValuesHasNoInterval) {
  const std::vector<double> three = {1, 2, 3}, four = {4, 5, 6, 7}, five = {1, 2, 3, 4, 5};
  EXPECT_FALSE(shift_between(three, three).interval);
  EXPECT_FALSE(shift_between(three, four).interval);
  EXPECT_TRUE(shift_between(four, four).interval);
  EXPECT_TRUE(shift_between(three, five).interval);
  EXPECT_FALSE(shift_between(std::vector<double>{1}, five).interval);
}

// 2.776 is the 97.5 % point of Student's distribution with four degrees of freedom.
TEST(Statistics, TheIntervalOfAMeanIsStudents) {
  const auto interval = interval_of_mean(std::vector<double>{1, 2, 3, 4, 5});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 3 - 2.776 * 0.70711, 1e-3);
  EXPECT_NEAR(interval->high, 3 + 2.776 * 0.70711, 1e-3);
  EXPECT_FALSE(interval_of_mean(std::vector<double>{1, 2}));
}

// 5.991 is the 95 % point of two degrees of freedom, 3.841 that of one.
TEST(Statistics, ChiSquareAgreesWithKnownValues) {
  const auto even = chi_square_even(std::vector<std::uint64_t>{100, 100, 100});
  ASSERT_TRUE(even);
  EXPECT_DOUBLE_EQ(even->statistic, 0);
  EXPECT_DOUBLE_EQ(even->p, 1);
  const auto uneven = chi_square_even(std::vector<std::uint64_t>{120, 90, 90});
  ASSERT_TRUE(uneven);
  EXPECT_DOUBLE_EQ(uneven->statistic, 6);
  EXPECT_EQ(uneven->degrees, 2);
  EXPECT_NEAR(uneven->p, 0.049787, 1e-6);  // exp(-3)
  const auto two = chi_square_even(std::vector<std::uint64_t>{60, 40});
  ASSERT_TRUE(two);
  EXPECT_DOUBLE_EQ(two->statistic, 4);
  EXPECT_NEAR(two->p, 0.0455003, 1e-6);
}

TEST(Statistics, ChiSquareIsNotUsedWhereItDoesNotHold) {
  EXPECT_FALSE(chi_square_even(std::vector<std::uint64_t>{5, 5, 5}));  // an expected count of 5 is not above 5
  EXPECT_TRUE(chi_square_even(std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_FALSE(chi_square_even(std::vector<std::uint64_t>{100}));
}

TEST(Distribution, TestsForRoundRobinBeforeChance) {
  const struct {
    std::vector<std::uint64_t> orders;
    Evenness::Kind kind;
    bool chi_square;
  } table[] = {
      {{34, 33, 33}, Evenness::Kind::round_robin, false},
      {{5, 5}, Evenness::Kind::round_robin, false},
      {{36, 31, 33}, Evenness::Kind::random, true},
      {{60, 20, 20}, Evenness::Kind::uneven, true},
      {{4, 1, 2}, Evenness::Kind::too_few, false},
      {{7}, Evenness::Kind::too_few, false},
      {{50, 0}, Evenness::Kind::uneven, true},
      {{0, 0}, Evenness::Kind::too_few, false},
  };
  for (const auto& row : table) {
    std::vector<NodeShare> nodes;
    for (const std::uint64_t orders : row.orders) nodes.push_back({.node = "n", .orders = orders});
    const Evenness evenness = evenness_of(nodes);
    EXPECT_EQ(evenness.kind, row.kind) << evenness.text;
    EXPECT_EQ(evenness.chi_square.has_value(), row.chi_square) << evenness.text;
  }
}

struct Sum {
  int value = 0;
  Sum& operator+=(const Sum& other) {
    value += other.value;
    return *this;
  }
};

TEST(TimeBins, KeepEveryCountWhenTheyWidenToEitherSide) {
  TimeBins<Sum> bins(100ms, 8);
  const std::int64_t times_ms[] = {10'050, 10'150, 10'151, 12'000, 9'000, 60'000, 1};
  for (const std::int64_t ms : times_ms) bins.at(Timestamp{ms * 1000}).value += 1;
  int sum = 0;
  for (const Sum& cell : bins.cells()) sum += cell.value;
  EXPECT_EQ(sum, 7);
  EXPECT_LE(bins.cells().size(), 8u);
  EXPECT_LE(bins.begin_of(0), Timestamp{1000});
  EXPECT_GT(bins.begin_of(bins.cells().size()), Timestamp{60'000'000});
}

TEST(TimeBins, KeepTheRequestedWidthWhileTheyFit) {
  TimeBins<Sum> bins(100ms, 8);
  for (const std::int64_t ms : {10'050, 10'149, 10'100, 10'320}) bins.at(Timestamp{ms * 1000}).value += 1;
  EXPECT_EQ(bins.width(), 100ms);
  ASSERT_EQ(bins.cells().size(), 4u);
  EXPECT_EQ(bins.begin_of(0), Timestamp{10'000'000});
  EXPECT_EQ(bins.cells()[0].value, 1);
  EXPECT_EQ(bins.cells()[1].value, 2);
  EXPECT_EQ(bins.cells()[2].value, 0);
  EXPECT_EQ(bins.cells()[3].value, 1);
}

}  // namespace
}  // namespace sagactl

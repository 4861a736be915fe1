#include "loadgen/ledger/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/random.hpp"

namespace sagactl {
namespace {

// From microseconds to an hour, evenly over the orders of magnitude.
std::vector<std::int64_t> random_values(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<std::int64_t>(std::exp(random.unit() * std::log(3.6e9))));
  }
  return values;
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record_us(value);
  return histogram;
}

std::int64_t exact_percentile(std::vector<std::int64_t> values, double percentile) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(percentile / 100 * static_cast<double>(values.size()) - 1e-6));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, KeepsThreeSignificantDigitsOfEveryPercentile) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto values = random_values(seed, 1 + 211 * seed);
    const Histogram histogram = histogram_of(values);
    for (const double percentile : {0.0, 1.0, 50.0, 75.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
      const auto exact = static_cast<double>(exact_percentile(values, percentile));
      const auto found = static_cast<double>(histogram.percentile(percentile).count());
      EXPECT_GE(found, exact) << "seed " << seed << ", p" << percentile;
      EXPECT_LE(found, exact * 1.001) << "seed " << seed << ", p" << percentile;
    }
  }
}

TEST(Histogram, IsExactBelowTwoThousandMicroseconds) {
  for (const std::int64_t value : {0, 1, 2, 999, 2047}) {
    EXPECT_EQ(histogram_of({value, value + 100'000}).percentile(50).count(), value);
  }
}

TEST(Histogram, KnowsExactExtremesAndTheMean) {
  const Histogram histogram = histogram_of({123'457, 7, 1'000'003});
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.min(), 7us);
  EXPECT_EQ(histogram.max(), 1'000'003us);
  EXPECT_EQ(histogram.mean().count(), (123'457 + 7 + 1'000'003) / 3);
  EXPECT_EQ(histogram.percentile(100), 1'000'003us);
}

TEST(Histogram, CountsWhatIsOutOfRangeAtItsEnds) {
  const Histogram histogram = histogram_of({-5, Histogram::value_max + 1});
  EXPECT_EQ(histogram.min(), 0us);
  EXPECT_EQ(histogram.max().count(), Histogram::value_max);
}

TEST(Histogram, IsZeroWhenEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(99), 0us);
  EXPECT_EQ(histogram.min(), 0us);
  EXPECT_EQ(histogram.max(), 0us);
  EXPECT_EQ(histogram.mean(), 0us);
  EXPECT_TRUE(histogram.buckets().empty());
}

TEST(Histogram, MergedIsTheSameAsRecordedInOne) {
  const auto first = random_values(1, 500);
  const auto second = random_values(2, 700);
  Histogram merged = histogram_of(first);
  merged.merge(histogram_of(second));
  auto both = first;
  both.insert(both.end(), second.begin(), second.end());
  const Histogram whole = histogram_of(both);
  EXPECT_EQ(merged.buckets(), whole.buckets());
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_EQ(merged.min(), whole.min());
  EXPECT_EQ(merged.max(), whole.max());
}

TEST(Histogram, BucketsGrowAndHoldEveryValue) {
  const auto values = random_values(3, 5000);
  std::uint64_t count = 0;
  Duration last{-1};
  for (const HistogramBucket& bucket : histogram_of(values).buckets()) {
    EXPECT_GT(bucket.upper, last);
    last = bucket.upper;
    count += bucket.count;
  }
  EXPECT_EQ(count, values.size());
}

TEST(Histogram, SharesCountWholeBuckets) {
  const Histogram histogram = histogram_of({10, 20, 30, 40});
  EXPECT_EQ(histogram.share_at_most(9us), 0);
  EXPECT_EQ(histogram.share_at_most(20us), 0.5);
  EXPECT_EQ(histogram.share_at_most(1h), 1);
}

TEST(SamplesNeeded, AreTheKnownNumbers) {
  EXPECT_EQ(samples_needed(99), 299u);
  EXPECT_EQ(samples_needed(99.9), 2995u);
  EXPECT_EQ(samples_needed(50), 5u);
}

}  // namespace
}  // namespace sagactl

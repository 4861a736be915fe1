#include "loadgen/ledger/live_histogram.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(LiveHistogram, APercentileIsAtMostAnEighthTooLong) {
  for (const std::int64_t us : {0, 1, 7, 8, 9, 100, 1'234, 999'999, 59'000'000}) {
    LiveHistogram times;
    times.record(Duration{us});
    LiveHistogramCounts counts{};
    times.add_to(counts);
    const auto shown = live_percentile(counts, 50).count();
    EXPECT_GE(shown, us);
    EXPECT_LE(static_cast<double>(shown), static_cast<double>(us) * 1.125 + 1);
  }
}

TEST(LiveHistogram, BucketsAreInOrderAndTheLastHoldsTheRest) {
  std::size_t before = 0;
  for (std::int64_t us = 0; us < 1'000'000; us += 1 + us / 50) {
    const std::size_t bucket = live_bucket_of(Duration{us});
    EXPECT_GE(bucket, before);
    before = bucket;
  }
  EXPECT_EQ(live_bucket_of(Duration{INT64_MAX}), live_buckets - 1);
  EXPECT_EQ(live_bucket_of(Duration{-5}), 0u);
}

TEST(LiveHistogram, ATimeThatIsABoundIsInTheBucketThatEndsThere) {
  for (int power = 3; power <= 30; ++power) {
    const std::int64_t bound = std::int64_t{1} << power;
    const std::size_t bucket = live_bucket_of(Duration{bound});
    EXPECT_EQ(live_bucket_of(Duration{bound - 1}), bucket - (bound <= 16 ? 1 : 0)) << bound;
    EXPECT_EQ(live_bucket_of(Duration{bound + 1}), bucket + 1) << bound;
    LiveHistogramCounts counts{};
    counts[bucket] = 1;
    EXPECT_EQ(live_percentile(counts, 50), Duration{bound});
  }
}

TEST(LiveHistogram, PercentilesCoverAllWriters) {
  LiveHistogram fast, slow;
  for (int i = 0; i < 98; ++i) fast.record(1ms);
  for (int i = 0; i < 2; ++i) slow.record(1s);
  LiveHistogramCounts counts{};
  EXPECT_EQ(live_percentile(counts, 99), Duration{0});
  fast.add_to(counts);
  slow.add_to(counts);
  EXPECT_LT(live_percentile(counts, 98), 2ms);
  EXPECT_GE(live_percentile(counts, 99), 1s);
}

}  // namespace
}  // namespace sagactl

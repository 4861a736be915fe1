// A histogram of times in fixed memory whose every value keeps three significant digits: log-linear buckets,
// as in Gil Tene's HdrHistogram (https://hdrhistogram.org, "High Dynamic Range Histogram").
#pragma once

#include <cstdint>
#include <vector>

#include "common/time.hpp"

namespace sagactl {

// Counts microseconds from 0 to `value_max`; what is longer counts as `value_max`, what is negative as 0.
// Not for several threads at once: one per thread, merged at the end.
class Histogram {
 public:
  static constexpr std::int64_t value_max = 3'600'000'000;  // one hour

  Histogram();

  void record(Duration value) { record_us(value.count()); }
  void record_us(std::int64_t us);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  Duration min() const;  // exact; 0 when empty, as are all the following
  Duration max() const;  // exact
  Duration mean() const;

  // The smallest recorded value that at least `percentile` percent (0 to 100) of the values do not exceed,
  // rounded up to the end of its bucket and never above max(): at most a thousandth too long.
  Duration percentile(double percentile) const;

  // The share of values that are at most `value`, 0 to 1, by whole buckets.
  double share_at_most(Duration value) const;

  struct Bucket {
    Duration upper;  // the longest value that counts here
    std::uint64_t count;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  std::vector<Bucket> buckets() const;  // the ones that are not empty, shortest first

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t min_ = value_max;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

// How many values a percentile (0 to 100, exclusive) needs to be worth printing: enough that, with 95 %
// confidence, the largest of them lies above it: ln 0.05 / ln p. 299 for p99, 2,995 for p99.9.
std::uint64_t samples_needed(double percentile);

}  // namespace sagactl

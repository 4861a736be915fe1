// A histogram of times in fixed memory (190 KB) with three significant digits: log-linear buckets, as in Gil Tene's
// HdrHistogram (https://hdrhistogram.org). For results; live_histogram.hpp is the coarse one for the progress display.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace sagactl {

struct HistogramBucket {
  Duration upper;  // the longest value in it
  std::uint64_t count;
  friend bool operator==(const HistogramBucket&, const HistogramBucket&) = default;
};

// Counts microseconds from 0 to `value_max`; longer values count as `value_max`, negative ones as 0. Not thread-safe:
// use one per thread and merge them.
class Histogram {
 public:
  static constexpr std::int64_t value_max = 3'600'000'000;  // one hour

  Histogram();

  void record(Duration value) { record_us(value.count()); }
  void record_us(std::int64_t us);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  Duration min() const;  // exact; 0 when empty, like the following
  Duration max() const;  // exact
  Duration mean() const;

  // The smallest recorded value that at least `percentile` percent (0 to 100) of the values do not exceed,
  // rounded up to the end of its bucket, but not above max(): at most 0.1 % too long.
  Duration percentile(double percentile) const;

  // The share of values that are at most `value`, 0 to 1, by complete buckets.
  double share_at_most(Duration value) const;

  std::vector<HistogramBucket> buckets() const;  // the non-empty ones, shortest first

  // Everything that it holds, to be sent to another machine.
  struct Contents {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;  // place and count of the buckets that are not empty
    std::int64_t min = 0, max = 0;                                // only of one that is not empty
    double sum = 0;
    friend bool operator==(const Contents&, const Contents&) = default;
  };
  Contents contents() const;
  // Nothing for contents that no histogram has.
  static std::optional<Histogram> of(const Contents& contents);
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t min_ = value_max;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

// The number of samples that a percentile (0 to 100, exclusive) needs for the largest sample to lie above it with 95 %
// confidence: ln 0.05 / ln p. 299 for p99, 2,995 for p99.9.
std::uint64_t samples_needed(double percentile);

}  // namespace sagactl

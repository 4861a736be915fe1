// Response times for the progress display while a run goes on. It is separate from Histogram, which is exact to 0.1 %
// but neither thread-safe nor small: this one is coarse, 2 KB per worker, and readable while its worker writes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "common/time.hpp"

namespace sagactl {

// Log-linear: eight buckets per doubling, so a percentile is at most one eighth too long. A bucket holds times above
// the upper bound of the one before it, up to and including its own; powers of two microseconds are such bounds.
constexpr std::size_t live_buckets = 256;
using LiveHistogramCounts = std::array<std::uint64_t, live_buckets>;

std::size_t live_bucket_of(Duration time);
// 0 without samples.
Duration live_percentile(const LiveHistogramCounts& counts, double percentile);

// For one writer and any number of readers.
class LiveHistogram {
 public:
  void record(Duration time) {
    std::atomic<std::uint64_t>& count = counts_[live_bucket_of(time)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void add_to(LiveHistogramCounts& counts) const {
    for (std::size_t i = 0; i < live_buckets; ++i) counts[i] += counts_[i].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, live_buckets> counts_{};
};

}  // namespace sagactl

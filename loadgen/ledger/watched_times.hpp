// Response times for who watches a run: coarse, one writer, any reader. The figures of the result are made
// from the ledger.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "common/time.hpp"

namespace sagactl {

// Log-linear: eight buckets for each doubling, so that a percentile is at most an eighth too long.
constexpr std::size_t watched_buckets = 256;
using WatchedCounts = std::array<std::uint64_t, watched_buckets>;

std::size_t watched_bucket_of(Duration time);
// 0 of nothing.
Duration watched_percentile(const WatchedCounts& counts, double percentile);

class WatchedTimes {
 public:
  void record(Duration time) {
    std::atomic<std::uint64_t>& count = counts_[watched_bucket_of(time)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void add_to(WatchedCounts& counts) const {
    for (std::size_t i = 0; i < watched_buckets; ++i) counts[i] += counts_[i].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, watched_buckets> counts_{};
};

}  // namespace sagactl

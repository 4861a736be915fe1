#include "loadgen/ledger/live_histogram.hpp"

#include <algorithm>
#include <bit>

namespace sagactl {
namespace {

constexpr int parts_bits = 3;
constexpr std::uint64_t parts = 1u << parts_bits;

std::uint64_t live_upper_of(std::size_t bucket) {
  if (bucket < parts) return bucket + 1;
  const std::size_t octave = bucket / parts - 1;
  return (parts + bucket % parts + 1) << octave;
}

}  // namespace

std::size_t live_bucket_of(Duration time) {
  const auto below = static_cast<std::uint64_t>(std::max<std::int64_t>(1, time.count()) - 1);
  if (below < parts) return below;
  const auto octave = static_cast<std::size_t>(std::bit_width(below)) - 1 - parts_bits;
  return std::min((octave + 1) * parts + ((below >> octave) - parts), live_buckets - 1);
}

Duration live_percentile(const LiveHistogramCounts& counts, double percentile) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts) all += count;
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < live_buckets; ++bucket) {
    seen += counts[bucket];
    if (seen > 0 && static_cast<double>(seen) >= static_cast<double>(all) * percentile / 100)
      return Duration{static_cast<std::int64_t>(live_upper_of(bucket))};
  }
  return Duration{0};
}

}  // namespace sagactl

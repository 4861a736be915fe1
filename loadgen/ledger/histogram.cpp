#include "loadgen/ledger/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sagactl {
namespace {

// Values below 2^11 have a bucket each; above, each doubling is divided into 2^10 buckets, so that a bucket is never
// wider than 0.1 % of its values.
constexpr int fine_bits = 11;
constexpr std::int64_t fine_count = std::int64_t{1} << fine_bits;
constexpr std::int64_t half_count = fine_count / 2;

std::size_t index_of(std::int64_t value) {
  const auto magnitude = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value)));
  const int shift = std::max(0, magnitude - fine_bits);
  return static_cast<std::size_t>(shift * half_count + (value >> shift));
}

std::int64_t upper_of(std::size_t index) {
  const auto i = static_cast<std::int64_t>(index);
  if (i < fine_count) return i;
  const std::int64_t shift = i / half_count - 1;
  const std::int64_t mantissa = i - shift * half_count;
  return ((mantissa + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(index_of(value_max) + 1, 0) {}

void Histogram::record_us(std::int64_t us) {
  const std::int64_t value = std::clamp<std::int64_t>(us, 0, value_max);
  ++counts_[index_of(value)];
  ++count_;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

Duration Histogram::min() const {
  return Duration{count_ == 0 ? 0 : min_};
}
Duration Histogram::max() const {
  return Duration{max_};
}

Duration Histogram::mean() const {
  if (count_ == 0) return Duration{0};
  return Duration{static_cast<std::int64_t>(sum_ / static_cast<double>(count_))};
}

Duration Histogram::percentile(double percentile) const {
  if (count_ == 0) return Duration{0};
  const double share = std::clamp(percentile, 0.0, 100.0) / 100.0;
  // The small subtraction keeps 99 % of 100 values at 99, where the product is 99.00000000000001.
  const double wanted = std::ceil(share * static_cast<double>(count_) - 1e-6);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return Duration{std::min(upper_of(i), max_)};
  }
  return max();
}

double Histogram::share_at_most(Duration value) const {
  if (count_ == 0 || value.count() < 0) return 0;
  const std::size_t last = index_of(std::min(value.count(), value_max));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i <= last; ++i) seen += counts_[i];
  return static_cast<double>(seen) / static_cast<double>(count_);
}

std::vector<HistogramBucket> Histogram::buckets() const {
  std::vector<HistogramBucket> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) filled.push_back({Duration{upper_of(i)}, counts_[i]});
  }
  return filled;
}

Histogram::Contents Histogram::contents() const {
  Contents contents;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] != 0) contents.counts.emplace_back(static_cast<std::uint32_t>(i), counts_[i]);
  if (count_ > 0) contents.min = min_;
  contents.max = max_;
  contents.sum = sum_;
  return contents;
}

std::optional<Histogram> Histogram::of(const Contents& contents) {
  Histogram histogram;
  for (const auto& [place, count] : contents.counts) {
    if (place >= histogram.counts_.size() || count == 0 || histogram.counts_[place] != 0) return std::nullopt;
    histogram.counts_[place] = count;
    histogram.count_ += count;
  }
  if (histogram.count_ == 0) return histogram;
  const bool is_possible = contents.min >= 0 && contents.min <= contents.max && contents.max <= value_max &&
                           histogram.counts_[index_of(contents.min)] > 0 &&
                           histogram.counts_[index_of(contents.max)] > 0 && std::isfinite(contents.sum);
  if (!is_possible) return std::nullopt;
  histogram.min_ = contents.min;
  histogram.max_ = contents.max;
  histogram.sum_ = contents.sum;
  return histogram;
}

std::uint64_t samples_needed(double percentile) {
  return static_cast<std::uint64_t>(std::ceil(std::log(0.05) / std::log(percentile / 100.0)));
}

}  // namespace sagactl

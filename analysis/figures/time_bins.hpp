// Counts over time in bins of equal width. The width doubles when there would be too many bins, so neither the start
// nor the length has to be known beforehand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "common/time.hpp"

namespace sagactl {

// `Cell` is default-constructed empty and has operator+=.
template <class Cell>
class TimeBins {
 public:
  explicit TimeBins(Duration width = 100ms, std::size_t bins_max = 600) : width_us_(width.count()), max_(bins_max) {}

  Cell& at(Timestamp time) {
    if (cells_.empty()) first_ = index_of(time);
    while (!reaches(index_of(time))) widen();
    std::int64_t index = index_of(time);
    for (; index < first_; --first_) cells_.emplace_front();
    while (index >= first_ + static_cast<std::int64_t>(cells_.size())) cells_.emplace_back();
    return cells_[static_cast<std::size_t>(index - first_)];
  }

  Timestamp begin_of(std::size_t i) const { return Timestamp{(first_ + static_cast<std::int64_t>(i)) * width_us_}; }
  Duration width() const { return Duration{width_us_}; }
  const std::deque<Cell>& cells() const { return cells_; }

  // Merges neighbours until there are at most `bins_max`.
  void narrow_to(std::size_t bins_max) {
    while (cells_.size() > bins_max) widen();
  }

 private:
  std::int64_t index_of(Timestamp time) const {
    const std::int64_t quotient = time.us / width_us_;
    return quotient - (time.us % width_us_ < 0 ? 1 : 0);
  }
  bool reaches(std::int64_t index) const {
    if (cells_.empty()) return true;
    const std::int64_t last = first_ + static_cast<std::int64_t>(cells_.size()) - 1;
    const std::int64_t from = index < first_ ? index : first_, to = index > last ? index : last;
    return to - from < static_cast<std::int64_t>(max_);
  }
  void widen() {
    std::deque<Cell> joined;
    const std::int64_t first = (first_ - (first_ & 1)) / 2;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const std::int64_t index = first_ + static_cast<std::int64_t>(i);
      const auto to = static_cast<std::size_t>((index - (index & 1)) / 2 - first);
      if (to >= joined.size()) joined.emplace_back();
      joined[to] += cells_[i];
    }
    cells_ = std::move(joined);
    first_ = first;
    width_us_ *= 2;
  }

  std::int64_t width_us_;
  std::size_t max_;
  std::int64_t first_ = 0;
  std::deque<Cell> cells_;
};

}  // namespace sagactl

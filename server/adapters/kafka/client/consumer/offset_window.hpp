// The messages of one partition that are in flight, and finish in any order: the offset up to which all have finished
// may be committed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace sagactl::kafka {

class OffsetWindow {
 public:
  // In the order of offsets, which may have gaps.
  void begin(std::int64_t offset) { in_flight_.emplace_back(offset, false); }

  // Returns the offset to commit, when it has advanced: the one after the last message before which none is in flight.
  std::optional<std::int64_t> finish(std::int64_t offset) {
    const auto found = std::lower_bound(in_flight_.begin(), in_flight_.end(), std::pair(offset, false));
    if (found != in_flight_.end() && found->first == offset) found->second = true;
    std::optional<std::int64_t> next;
    while (!in_flight_.empty() && in_flight_.front().second) {
      next = in_flight_.front().first + 1;
      in_flight_.pop_front();
    }
    return next;
  }

  std::size_t size() const { return in_flight_.size(); }

 private:
  std::deque<std::pair<std::int64_t, bool>> in_flight_;
};

}  // namespace sagactl::kafka

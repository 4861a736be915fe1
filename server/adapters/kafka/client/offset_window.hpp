// The messages of one partition that are in flight, and finish in any order: the offset up to which all have finished may
// be committed.
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
  void begin(std::int64_t offset) { open_.emplace_back(offset, false); }

  // Returns the offset to commit, when it has advanced: the one after the last message before which none is in flight.
  std::optional<std::int64_t> finish(std::int64_t offset) {
    const auto found = std::lower_bound(open_.begin(), open_.end(), std::pair(offset, false));
    if (found != open_.end() && found->first == offset) found->second = true;
    std::optional<std::int64_t> next;
    while (!open_.empty() && open_.front().second) {
      next = open_.front().first + 1;
      open_.pop_front();
    }
    return next;
  }

  std::size_t size() const { return open_.size(); }

 private:
  std::deque<std::pair<std::int64_t, bool>> open_;
};

}  // namespace sagactl::kafka

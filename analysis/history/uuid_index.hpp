// Finds places by UUID, in 16 bytes each, for millions of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "common/id.hpp"

namespace sagactl {

class UuidIndex {
 public:
  void reserve(std::size_t count) { places_.reserve(count); }
  void add(const Uuid& id, std::size_t place) { places_.push_back({tail_of(id), static_cast<std::uint32_t>(place)}); }
  // After the last add() and before the first each().
  void sort() {
    std::sort(places_.begin(), places_.end(), [](const IndexEntry& a, const IndexEntry& b) {
      return a.tail != b.tail ? a.tail < b.tail : a.at < b.at;
    });
  }

  // Calls `visit` with the places that may belong to `id`, in ascending order, until it returns true. The caller must
  // compare the complete UUID.
  template <class Visit>
  void each(const Uuid& id, const Visit& visit) const {
    const std::uint64_t tail = tail_of(id);
    auto it = std::lower_bound(places_.begin(), places_.end(), tail,
                               [](const IndexEntry& place, std::uint64_t wanted) { return place.tail < wanted; });
    for (; it != places_.end() && it->tail == tail; ++it)
      if (visit(it->at)) return;
  }

 private:
  struct IndexEntry {
    std::uint64_t tail;
    std::uint32_t at;
  };
  // The half that differs among UUIDs of the same time.
  static std::uint64_t tail_of(const Uuid& id) {
    std::uint64_t tail;
    std::memcpy(&tail, id.bytes.data() + 8, sizeof tail);
    return tail;
  }

  std::vector<IndexEntry> places_;
};

}  // namespace sagactl

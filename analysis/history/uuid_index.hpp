// Where things with a UUID are to be found, in 16 bytes for each: for millions of them.
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
  void add(const Uuid& id, std::size_t place) {
    places_.push_back({tail_of(id), static_cast<std::uint32_t>(place)});
  }
  // After everything was added, and before anything is looked for.
  void sort() {
    std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
      return a.tail != b.tail ? a.tail < b.tail : a.at < b.at;
    });
  }

  // Calls `visit` with the places that may be those of `id`, in the order of their numbers, until it returns true:
  // the caller sees whether the whole UUID is the same.
  template <class Visit>
  void each(const Uuid& id, const Visit& visit) const {
    const std::uint64_t tail = tail_of(id);
    auto it = std::lower_bound(places_.begin(), places_.end(), tail,
                               [](const Place& place, std::uint64_t wanted) { return place.tail < wanted; });
    for (; it != places_.end() && it->tail == tail; ++it)
      if (visit(it->at)) return;
  }

 private:
  struct Place {
    std::uint64_t tail;
    std::uint32_t at;
  };
  // The half that differs also among UUIDs of one time.
  static std::uint64_t tail_of(const Uuid& id) {
    std::uint64_t tail;
    std::memcpy(&tail, id.bytes.data() + 8, sizeof tail);
    return tail;
  }

  std::vector<Place> places_;
};

}  // namespace sagactl

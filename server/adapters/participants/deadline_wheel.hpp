// Deadlines of many connections, set and cleared at the cost of a few pointers: with one timer for all.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "common/steady_time.hpp"

namespace sagactl {

// In a wheel while it is linked. Removes itself from it when it is destroyed.
class WheelEntry {
 public:
  WheelEntry() = default;
  ~WheelEntry() { unlink(); }
  WheelEntry(const WheelEntry&) = delete;
  WheelEntry& operator=(const WheelEntry&) = delete;

  SteadyTime due() const { return due_; }
  bool is_linked() const { return next_ != nullptr; }
  void unlink() {
    if (!is_linked()) return;
    if (count_) --*std::exchange(count_, nullptr);
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  friend class DeadlineWheel;
  WheelEntry *next_ = nullptr, *previous_ = nullptr;
  std::size_t* count_ = nullptr;  // of the wheel
  SteadyTime due_{};
};

// Deadlines are found up to `tick` late. One thread.
class DeadlineWheel {
 public:
  static constexpr Duration tick = 16ms;

  explicit DeadlineWheel(SteadyTime now) : turned_to_(slot_before(now)) {
    for (WheelEntry& slot : slots_) slot.next_ = slot.previous_ = &slot;
  }
  ~DeadlineWheel() {
    for (WheelEntry& slot : slots_) {
      while (slot.next_ != &slot) slot.next_->unlink();
      slot.next_ = nullptr;  // so that it does not unlink itself from itself
    }
  }

  std::size_t size() const { return size_; }

  void set(WheelEntry& entry, SteadyTime due) {
    entry.unlink();
    entry.due_ = due;
    entry.count_ = &size_;
    ++size_;
    WheelEntry& slot = slots_[static_cast<std::size_t>(std::max(slot_of(due), turned_to_ + 1)) % slots_.size()];
    entry.next_ = &slot;
    entry.previous_ = slot.previous_;
    slot.previous_->next_ = &entry;
    slot.previous_ = &entry;
  }

  // Removes the entries that are due, and appends them to `due`.
  void turn(SteadyTime now, std::vector<WheelEntry*>& due) {
    const std::int64_t to = slot_before(now);
    const std::int64_t from = std::max(turned_to_ + 1, to - static_cast<std::int64_t>(slots_.size()) + 1);
    for (std::int64_t at = from; at <= to; ++at) {
      WheelEntry& slot = slots_[static_cast<std::size_t>(at) % slots_.size()];
      for (WheelEntry* entry = slot.next_; entry != &slot;) {
        WheelEntry* const next = entry->next_;
        if (slot_of(entry->due_) <= to) {
          entry->unlink();
          due.push_back(entry);
        }
        entry = next;
      }
    }
    turned_to_ = std::max(turned_to_, to);
  }

 private:
  static std::int64_t slot_before(SteadyTime now) { return now.us / tick.count(); }
  // Rounded up: an entry is never found early.
  static std::int64_t slot_of(SteadyTime at) { return (at.us + tick.count() - 1) / tick.count(); }

  std::array<WheelEntry, 512> slots_;
  std::int64_t turned_to_;
  std::size_t size_ = 0;
};

}  // namespace sagactl

// The id of an order as its server wrote it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sagactl {

// Keeps the texts of long ids. From any thread; a text is good as long as this.
class LongNames {
 public:
  std::string_view keep(std::string_view text) {
    const std::lock_guard lock(mutex_);
    return texts_.emplace_back(text);
  }

 private:
  std::mutex mutex_;
  std::deque<std::string> texts_;
};

// A text that can be copied as bytes: in place when it is short, else a reference to what a LongNames keeps.
class OrderName {
 public:
  static constexpr std::size_t in_place_max = 39;
  static constexpr std::size_t size_max = 4096;  // more is no id

  OrderName() = default;
  // Of at most in_place_max bytes; what is behind them is cut off.
  explicit OrderName(std::string_view text) { put(text.substr(0, in_place_max)); }
  OrderName(std::string_view text, LongNames& names);

  std::string_view text() const;
  bool empty() const { return size_ == 0; }
  friend bool operator==(const OrderName& a, const OrderName& b) { return a.text() == b.text(); }

 private:
  static constexpr std::uint8_t is_long = 255;
  void put(std::string_view text);

  std::array<char, in_place_max> text_{};  // long: the address and the size
  std::uint8_t size_ = 0;
};

}  // namespace sagactl

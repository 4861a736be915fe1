// The id of an order: as its server wrote it, and as it is compared.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "common/id.hpp"

namespace sagactl {

// Keeps the texts of long ids. Thread-safe; a text is valid as long as this.
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

// A trivially copyable text: in place when it is short, otherwise a reference to a text that a LongNames keeps.
class OrderName {
 public:
  static constexpr std::size_t in_place_max = 39;
  static constexpr std::size_t size_max = 4096;  // longer texts are not ids

  OrderName() = default;
  // Cut off after in_place_max bytes.
  explicit OrderName(std::string_view text) { put(text.substr(0, in_place_max)); }
  OrderName(std::string_view text, LongNames& names);

  std::string_view text() const;
  bool empty() const { return size_ == 0; }
  friend bool operator==(const OrderName& a, const OrderName& b) { return a.text() == b.text(); }

 private:
  static constexpr std::uint8_t is_long = 255;
  void put(std::string_view text);

  std::array<char, in_place_max> text_{};  // if long: address and size
  std::uint8_t size_ = 0;
};

// An order's id in the form in which ledger and checks compare it. A UUID in any spelling is itself: in capitals,
// without hyphens, in braces, or as the bytes that a database shows as \x... Any other text becomes a UUID that is
// derived from it, without surrounding spaces (char(n) is padded) and without the zero decimals of an integer.
Uuid order_ref(std::string_view text);

}  // namespace sagactl

#include "loadgen/ledger/order_name.hpp"

#include <algorithm>
#include <cstring>

namespace sagactl {

OrderName::OrderName(std::string_view text, LongNames& names) {
  if (text.size() <= in_place_max) {
    put(text);
    return;
  }
  const std::string_view kept = names.keep(text.substr(0, size_max));
  const char* const at = kept.data();
  const std::size_t size = kept.size();
  std::memcpy(text_.data(), &at, sizeof at);
  std::memcpy(text_.data() + sizeof at, &size, sizeof size);
  size_ = is_long;
}

void OrderName::put(std::string_view text) {
  std::copy_n(text.begin(), text.size(), text_.begin());
  size_ = static_cast<std::uint8_t>(text.size());
}

std::string_view OrderName::text() const {
  if (size_ != is_long) return {text_.data(), size_};
  const char* at = nullptr;
  std::size_t size = 0;
  std::memcpy(&at, text_.data(), sizeof at);
  std::memcpy(&size, text_.data() + sizeof at, sizeof size);
  return {at, size};
}

}  // namespace sagactl

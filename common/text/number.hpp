// Numbers that are written as text.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace sagactl {

// The number that the complete text is, in decimal notation without a plus sign or blanks; nothing when it holds
// anything else, or a number that the type cannot.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace sagactl

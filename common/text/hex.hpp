// Hexadecimal digits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sagactl {

inline constexpr char hex_digits[] = "0123456789abcdef";

// The value of a digit of either case; -1 for anything else.
constexpr int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The value of the first two characters of `digits`, which has at least two; -1 when one is no digit.
constexpr int hex_byte(std::string_view digits) {
  const int high = hex_value(digits[0]), low = hex_value(digits[1]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

// Two digits in lower case for each byte.
inline void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
}

// Reads 2 * out.size() digits, in lower case only, so that appending the bytes gives the same text; false when `text`
// is anything else.
inline bool read_lower_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (hex_value(text[i]) < 0 || (text[i] >= 'A' && text[i] <= 'F')) return false;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(hex_byte(text.substr(2 * i)));
  return true;
}

}  // namespace sagactl

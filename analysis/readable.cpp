#include "analysis/readable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/text/text.hpp"

namespace sagactl {

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string count_of(std::uint64_t number, std::string_view singular) {
  return fmt::format("{} {}{}", with_separators(number), singular, number == 1 ? "" : "s");
}

std::string percent_text(double share) {
  return fmt::format("{:.1f} %", share * 100.0);
}

double to_hundredths(double number) {
  return (std::round(number * 100) + 0.0) / 100;  // -0.0 + 0.0 is 0.0
}

std::string replace_characters(std::string_view text,
                               const std::function<std::string_view(std::string_view)>& replacement) {
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < std::min<std::size_t>(4, text.size()) && !is_utf8(text.substr(0, size))) ++size;
    const std::string_view character = text.substr(0, size);
    const bool valid = is_utf8(character);
    out += valid ? replacement(character) : "\xEF\xBF\xBD";
    text.remove_prefix(valid ? size : 1);
  }
  return out;
}

namespace {

// U+202A to U+202E and U+2066 to U+2069: they reverse the rest of a line.
bool changes_direction(std::string_view character) {
  return (character >= "\u202A" && character <= "\u202E") || (character >= "\u2066" && character <= "\u2069");
}

}  // namespace

std::string printable(std::string_view text) {
  return replace_characters(text, [](std::string_view character) -> std::string_view {
    const auto first = static_cast<unsigned char>(character[0]);
    const bool is_c1 = first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
    return first < 0x20 || first == 0x7F || is_c1 || changes_direction(character) ? " " : character;
  });
}

}  // namespace sagactl

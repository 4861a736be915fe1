#include "analysis/report/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl {

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view singular) {
  return fmt::format("{} {}{}", grouped(number), singular, number == 1 ? "" : "s");
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", share * 100.0);
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < std::min<std::size_t>(4, text.size()) && !is_utf8(text.substr(0, size))) ++size;
    const bool good = is_utf8(text.substr(0, size));
    const auto first = static_cast<unsigned char>(text.front());
    const bool is_control =
        first < 0x20 || first == 0x7F || (first == 0xC2 && good && static_cast<unsigned char>(text[1]) < 0xA0);
    out += !good ? "\xEF\xBF\xBD" : is_control ? " " : text.substr(0, size);
    text.remove_prefix(good ? size : 1);
  }
  return out;
}

}  // namespace sagactl

#include "analysis/wording.hpp"

#include <fmt/format.h>

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

}  // namespace sagactl

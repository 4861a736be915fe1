// How numbers are written for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sagactl {

std::string grouped(std::uint64_t number);                             // 1,234,567
std::string counted(std::uint64_t number, std::string_view singular);  // "1 order", "1,234 orders"
// As a terminal can show it: what is not UTF-8 becomes U+FFFD, and control characters a blank.
std::string printable(std::string_view text);

std::string percent(double share);                                     // 0.3333 -> "33.3 %"

}  // namespace sagactl

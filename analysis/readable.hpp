// Numbers and texts as people read them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sagactl {

std::string with_separators(std::uint64_t number);                      // 1,234,567
std::string count_of(std::uint64_t number, std::string_view singular);  // "1 order", "1,234 orders"
std::string percent_text(double share);                                 // 0.3333 -> "33.3 %"

// Rounded, to be shown with two digits: what is nearly zero has no sign.
double to_hundredths(double number);

// Safe for a terminal: bytes that are not UTF-8 become U+FFFD, control characters and those that change the direction
// of what follows a space.
std::string printable(std::string_view text);

// Each UTF-8 character of `text` is replaced by what `replacement` returns for it; bytes that are not UTF-8 become
// U+FFFD.
std::string replace_characters(std::string_view text,
                               const std::function<std::string_view(std::string_view)>& replacement);

}  // namespace sagactl

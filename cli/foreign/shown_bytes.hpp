// Bytes of another system's database as text.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "common/text/text.hpp"

namespace sagactl {

// Whether a blob holds text.
inline bool is_plain_text(std::string_view bytes) {
  return is_utf8(bytes) &&
         std::none_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

// As PostgreSQL shows other bytes: \x0102.
inline std::string shown_bytes(std::string_view bytes) {
  std::string text = "\\x";
  for (const char c : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
  return text;
}

}  // namespace sagactl

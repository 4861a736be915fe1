#include "loadgen/answers/json_string.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace sagactl {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

// The number in "XXXX", four hexadecimal digits.
std::optional<std::uint32_t> unit_of(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t unit = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  if (failure != std::errc{} || end != digits.data() + 4) return std::nullopt;
  return unit;
}

// Takes what follows "\u" and appends its character.
void take_unicode(std::string_view& rest, std::string& out) {
  const auto first = unit_of(rest);
  if (!first) return append_utf8(out, replacement);
  rest.remove_prefix(4);
  if (*first < 0xD800 || *first > 0xDFFF) return append_utf8(out, *first);
  const bool pair_follows = *first < 0xDC00 && rest.substr(0, 2) == "\\u";
  const auto second = pair_follows ? unit_of(rest.substr(2)) : std::nullopt;
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return append_utf8(out, replacement);
  rest.remove_prefix(6);
  append_utf8(out, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
}

char control_of(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case '\\':
    case '/':
      return letter;
    default:
      return '\0';
  }
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

std::string_view json_string_text(std::string_view raw, std::string& room) {
  if (raw.find('\\') == std::string_view::npos) return raw;
  room.clear();
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    room += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    const char letter = raw.size() > 1 ? raw[1] : '\0';
    raw.remove_prefix(std::min<std::size_t>(2, raw.size()));
    if (letter == 'u')
      take_unicode(raw, room);
    else if (const char control = control_of(letter); control != '\0')
      room.push_back(control);
    else
      append_utf8(room, replacement);
  }
  return room;
}

}  // namespace sagactl

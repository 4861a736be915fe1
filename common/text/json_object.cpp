#include "common/text/json_object.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::uint64_t each_byte = 0x0101010101010101, top_bits = 0x8080808080808080;

// The tests for a byte of eight are those of "Bit Twiddling Hacks" (Sean Eron Anderson): determine if a word has a zero
// byte, or a byte less than n.
bool has_zero(std::uint64_t bytes) {
  return ((bytes - each_byte) & ~bytes & top_bits) != 0;
}

// Whether each of the eight is ASCII that a JSON string holds as it is.
bool are_plain(std::uint64_t bytes) {
  const bool has_control = ((bytes - each_byte * 0x20) & ~bytes & top_bits) != 0;
  return (bytes & top_bits) == 0 && !has_control && !has_zero(bytes ^ each_byte * '"') &&
         !has_zero(bytes ^ each_byte * '\\') && !has_zero(bytes ^ each_byte * 0x7F);
}

bool is_plain_ascii(std::string_view text) {
  std::uint64_t bytes;
  for (; text.size() >= sizeof bytes; text.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, text.data(), sizeof bytes);
    if (!are_plain(bytes)) return false;
  }
  if (text.empty()) return true;
  bytes = each_byte * ' ';
  std::memcpy(&bytes, text.data(), text.size());
  return are_plain(bytes);
}

bool needs_no_escape(std::string_view text) {
  const bool has_escapes = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F;
  });
  return !has_escapes && is_utf8(text);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (is_plain_ascii(text) || needs_no_escape(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += json_text(text);
  }
}

std::string json_escaped(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace sagactl

#include "server/adapters/sqlite/tables/compact_text.hpp"

#include <algorithm>

#include "common/crypto.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::size_t uuid_digits = 36, digest_digits = 64;

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool from_hex(std::string_view text, std::array<std::uint8_t, 32>& bytes) {
  for (std::size_t i = 0; i < text.size() / 2; ++i) {
    const int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'F';
}

}  // namespace

std::span<const std::uint8_t> CompactText::pack(std::string_view text) {
  if (text.size() == digest_digits && from_hex(text, bytes_)) return bytes_;
  // Only the spelling that read_packed returns.
  if (text.size() == uuid_digits && std::none_of(text.begin(), text.end(), is_upper)) {
    if (const auto id = Uuid::parse(text)) {
      std::copy(id->bytes.begin(), id->bytes.end(), bytes_.begin());
      return std::span(bytes_).first(id->bytes.size());
    }
  }
  return {};
}

void SqliteStatement::read_packed(std::string& text) {
  if (!is_blob()) {
    text = this->text();
    return;
  }
  const auto bytes = this->bytes();
  if (bytes.size() == sizeof(Uuid)) {
    Uuid id;
    std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
    text = id.text();
    return;
  }
  text = hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace sagactl::sqlite

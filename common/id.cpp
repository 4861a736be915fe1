#include "common/id.hpp"

#include <atomic>

#include "common/crypto.hpp"
#include "common/text/hex.hpp"

namespace sagactl {
namespace {

// The two digits of every byte, one after the other.
constexpr std::array<char, 512> hex_pairs = [] {
  std::array<char, 512> pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = hex_digits[byte >> 4];
    pairs[2 * byte + 1] = hex_digits[byte & 15];
  }
  return pairs;
}();

// Of every character, hex_value().
constexpr std::array<std::int16_t, 256> hex_values = [] {
  std::array<std::int16_t, 256> values{};
  for (std::size_t c = 0; c < values.size(); ++c)
    values[c] = static_cast<std::int16_t>(hex_value(static_cast<char>(static_cast<unsigned char>(c))));
  return values;
}();

// The last 12 random bits of version 7 are a counter within the millisecond, so that ids of one process
// increase. Returns the (millisecond, counter) pair as one number.
std::uint64_t next_tick(std::int64_t now_ms) {
  static std::atomic<std::uint64_t> last{0};
  const std::uint64_t wanted = static_cast<std::uint64_t>(now_ms) << 12;
  std::uint64_t seen = last.load(std::memory_order_relaxed);
  std::uint64_t next;
  do {
    next = wanted > seen ? wanted : seen + 1;
  } while (!last.compare_exchange_weak(seen, next, std::memory_order_relaxed));
  return next;
}

Uuid assemble(std::uint64_t ms, std::uint64_t bits_a, std::uint64_t bits_b) {
  Uuid uuid;
  for (int i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | ((bits_a >> 8) & 0x0F));
  uuid.bytes[7] = static_cast<std::uint8_t>(bits_a);
  for (int i = 0; i < 8; ++i) uuid.bytes[8 + i] = static_cast<std::uint8_t>(bits_b >> (56 - 8 * i));
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3F));
  return uuid;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  constexpr std::size_t size = 36;
  if (text.size() != size) return std::nullopt;
  Uuid uuid;
  const char* at = text.data();
  int wrong = 0;  // below 0: a character is no digit
  for (std::size_t byte = 0; byte < uuid.bytes.size(); ++byte) {
    if (byte == 4 || byte == 6 || byte == 8 || byte == 10)
      if (*at++ != '-') return std::nullopt;
    const int high = hex_values[static_cast<unsigned char>(at[0])], low = hex_values[static_cast<unsigned char>(at[1])];
    wrong |= high | low;
    uuid.bytes[byte] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  if (wrong < 0) return std::nullopt;
  return uuid;
}

std::string Uuid::text() const {
  std::array<char, 36> text;
  char* at = text.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    std::memcpy(at, hex_pairs.data() + 2 * std::size_t{bytes[i]}, 2);
    at += 2;
  }
  return {text.data(), text.size()};
}

Uuid make_uuid_v7(Timestamp now, std::uint64_t random_high, std::uint64_t random_low) {
  return assemble(static_cast<std::uint64_t>(now.us / 1000), random_high, random_low);
}

Uuid new_uuid() {
  const std::uint64_t tick = next_tick(wall_clock_now().us / 1000);
  return assemble(tick >> 12, tick & 0xFFF, random_u64());
}

}  // namespace sagactl

#include "loadgen/ledger/order_name.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "common/random.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

std::uint64_t mix(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = seed ^ 0xCBF29CE484222325ull;  // FNV-1a with a final mixing step
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return Random(hash).next();
}

// Parses the spellings that servers and databases use.
std::optional<Uuid> uuid_of(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() == 45 && text.starts_with("urn:uuid:")) text.remove_prefix(9);
  if (text.size() == 36) return Uuid::parse(text);
  if (text.size() == 34 && text.starts_with("\\x")) text.remove_prefix(2);
  if (text.size() != 32) return std::nullopt;
  std::string spelled(text);
  for (const std::size_t at : {20u, 16u, 12u, 8u}) spelled.insert(at, 1, '-');
  return Uuid::parse(spelled);
}

// "17.000", as a decimal column shows 17, is 17.
std::string_view without_fraction(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == 0 || point == std::string_view::npos || point + 1 == text.size()) return text;
  const bool is_integer =
      text.find_first_not_of("0123456789") == point && text.find_first_not_of('0', point + 1) == std::string_view::npos;
  return is_integer ? text.substr(0, point) : text;
}

}  // namespace

OrderName::OrderName(std::string_view text, LongNames& names) {
  if (text.size() <= in_place_max) {
    put(text);
    return;
  }
  const std::string_view kept = names.keep(text.substr(0, size_max));
  const char* const at = kept.data();
  const std::size_t size = kept.size();
  std::memcpy(text_.data(), &at, sizeof at);
  std::memcpy(text_.data() + sizeof at, &size, sizeof size);
  size_ = is_long;
}

void OrderName::put(std::string_view text) {
  std::copy_n(text.begin(), text.size(), text_.begin());
  size_ = static_cast<std::uint8_t>(text.size());
}

std::string_view OrderName::text() const {
  if (size_ != is_long) return {text_.data(), size_};
  const char* at = nullptr;
  std::size_t size = 0;
  std::memcpy(&at, text_.data(), sizeof at);
  std::memcpy(&size, text_.data() + sizeof at, sizeof size);
  return {at, size};
}

Uuid order_ref(std::string_view text) {
  text = without_fraction(trim(text));
  if (const auto uuid = uuid_of(text)) return *uuid;
  if (text.empty()) return {};
  const std::uint64_t halves[2] = {mix(1, text), mix(2, text)};
  Uuid ref;
  std::memcpy(ref.bytes.data(), halves, sizeof halves);
  ref.bytes[6] = static_cast<std::uint8_t>((ref.bytes[6] & 0x0F) | 0x80);  // version 8 of RFC 9562
  ref.bytes[8] = static_cast<std::uint8_t>((ref.bytes[8] & 0x3F) | 0x80);
  return ref;
}

}  // namespace sagactl

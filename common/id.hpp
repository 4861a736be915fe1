// UUIDs, and the strong types based on them. New ids are UUIDv7 (RFC 9562): they begin with the time in
// milliseconds, so rows that are created together are adjacent in an index.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/time.hpp"

namespace sagactl {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  static std::optional<Uuid> parse(std::string_view text);  // 8-4-4-4-12 hexadecimal digits
  std::string text() const;                                 // the same, in lower case
  bool is_nil() const { return *this == Uuid{}; }

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// Version 7 from a time and 74 random bits.
Uuid make_uuid_v7(Timestamp now, std::uint64_t random_high, std::uint64_t random_low);

// Version 7 from the wall clock and random_u64(), increasing within this process.
Uuid new_uuid();

// A UUID with a type of its own.
template <class Tag>
struct Id {
  Uuid uuid;

  static Id fresh() { return Id{new_uuid()}; }
  static std::optional<Id> parse(std::string_view text) {
    auto uuid = Uuid::parse(text);
    if (!uuid) return std::nullopt;
    return Id{*uuid};
  }
  std::string text() const { return uuid.text(); }

  friend auto operator<=>(const Id&, const Id&) = default;
};

using OrderId = Id<struct OrderTag>;
using SagaId = Id<struct SagaTag>;
using PaymentId = Id<struct PaymentTag>;
using UserId = Id<struct UserTag>;

// A flow is an order with the saga that carries it out. The two share one UUID: see docs/adr/0002.
inline SagaId saga_of(OrderId order) {
  return SagaId{order.uuid};
}
inline OrderId order_of(SagaId saga) {
  return OrderId{saga.uuid};
}

}  // namespace sagactl

template <>
struct std::hash<sagactl::Uuid> {
  std::size_t operator()(const sagactl::Uuid& uuid) const noexcept {
    std::uint64_t high, low;
    std::memcpy(&high, uuid.bytes.data(), 8);
    std::memcpy(&low, uuid.bytes.data() + 8, 8);
    return static_cast<std::size_t>(high ^ (low * 0x9E3779B97F4A7C15ull));
  }
};

template <class Tag>
struct std::hash<sagactl::Id<Tag>> {
  std::size_t operator()(const sagactl::Id<Tag>& id) const noexcept { return std::hash<sagactl::Uuid>{}(id.uuid); }
};

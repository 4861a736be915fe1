// The names and prices of a run's products. All follow from the run, the seed and a number, so nothing has to
// be stored to know which request an order in the database came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/money.hpp"

namespace sagactl {

enum class OrderKind : std::uint8_t {
  single,        // the only order of its products
  duplicate,     // one of several concurrent orders of the same products
  payment_fail,  // its product id contains PAYMENT_FAIL; the only order of its products
};
std::string_view to_string(OrderKind kind);
std::optional<OrderKind> parse_order_kind(std::string_view text);

// "LT-<run>-": how each product id of a run begins.
std::string product_prefix(std::string_view run);

// "LT-k3f9a2c1-D-00000042": item `item` (from 0) of group `group`. Second and further items end in "-2",
// "-3"… Of the same length for all groups of one kind and item. A payment failure's items all say so.
std::string product_id(std::string_view run, OrderKind kind, std::uint32_t group, std::uint32_t item);

struct ProductRef {
  std::string run;
  OrderKind kind = OrderKind::single;
  std::uint32_t group = 0;
  std::uint32_t item = 0;
  friend bool operator==(const ProductRef&, const ProductRef&) = default;
};
// The inverse of product_id; nothing for an id that no run made.
std::optional<ProductRef> parse_product_id(std::string_view id);

// The key a server derives when the order brings none: SHA-256 of "SOLDOUT:" and the sorted product ids
// joined by "|", in hexadecimal (contract section 6).
std::string derived_idempotency_key(std::vector<std::string> product_ids);

// What an order says of one of its items: the same for every order of one group.
struct ItemTerms {
  std::int64_t cents = 0;     // the price: 10000 to 99999
  std::int64_t quantity = 1;  // 1 to 3
};
ItemTerms item_terms(std::uint64_t seed, std::uint32_t group, std::uint32_t item);

struct ProductItem {
  std::string product_id;
  std::string product_name;
  std::int64_t quantity = 1;
  Money price;
};
inline constexpr std::string_view product_name = "Load test product";

// What a request of the run sends as X-Correlation-ID: a UUID made of the run's key and the operation's
// number.
std::uint64_t correlation_key(std::string_view run);
Uuid correlation_of(std::uint64_t key, std::uint64_t operation);
// The operation of such a UUID; nothing for one that is not of this key.
std::optional<std::uint64_t> operation_of(std::uint64_t key, const Uuid& correlation);

}  // namespace sagactl

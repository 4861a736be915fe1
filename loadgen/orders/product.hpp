// The ids and prices of a run's products, derived from the run, the seed and a number, so that an order in the database
// can be traced to its request without storing anything.
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

// "LT-<run>-": the prefix of all product ids of a run.
std::string product_prefix(std::string_view run);

// "LT-k3f9a2c1-D-00000042": item `item` (from 0) of group `group`. Further items end in "-2",
// "-3"… The length is the same for all groups of one kind and item.
std::string product_id(std::string_view run, OrderKind kind, std::uint32_t group, std::uint32_t item);

struct ProductRef {
  std::string run;
  OrderKind kind = OrderKind::single;
  std::uint32_t group = 0;
  std::uint32_t item = 0;
  friend bool operator==(const ProductRef&, const ProductRef&) = default;
};
// The inverse of product_id; nothing for other ids.
std::optional<ProductRef> parse_product_id(std::string_view id);

// The key that a server derives for an order without one: SHA-256 of "SOLDOUT:" and the sorted product ids
// joined by "|", in hexadecimal (contract section 6).
std::string derived_idempotency_key(std::vector<std::string> product_ids);

// Price and quantity of an item: the same for every order of one group.
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

// The X-Correlation-ID of a request: a UUID derived from the run's key and the operation's number.
std::uint64_t correlation_key(std::string_view run);
Uuid correlation_of(std::uint64_t key, std::uint64_t operation);
// The operation of such a UUID; nothing for a UUID of another key.
std::optional<std::uint64_t> operation_of(std::uint64_t key, const Uuid& correlation);

}  // namespace sagactl

// The order participant: an order's state and its transitions. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/money.hpp"
#include "common/result.hpp"
#include "server/saga/decide.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

enum class OrderStatus : std::uint8_t { pending, processing, paid, shipped, delivered, cancelled, failed };

template <>
struct Spelling<OrderStatus> {
  static constexpr std::string_view names[] = {"pending",   "processing", "paid",  "shipped",
                                               "delivered", "cancelled",  "failed"};
};

// A live order holds its idempotency key; a cancelled or failed one has released it.
inline bool is_live(OrderStatus status) {
  return status != OrderStatus::cancelled && status != OrderStatus::failed;
}

struct OrderItem {
  std::string product_id;
  std::string product_name;
  std::int64_t quantity = 1;
  Money price;

  friend bool operator==(const OrderItem&, const OrderItem&) = default;
};

Json to_json(const std::vector<OrderItem>& items);                  // as in the HTTP API and in OrderCreated
std::string to_json_text(const std::vector<OrderItem>& items);      // the same, as text
Result<std::vector<OrderItem>> items_from_json(const Json& items);  // reads what to_json() wrote
Result<Money> value_of(const std::vector<OrderItem>& items);        // price times quantity of all; an error over 10^12

// The first 16 bytes of the SHA-256 of an idempotency key: what the database indexes.
using KeyDigest = std::array<std::uint8_t, 16>;
KeyDigest digest_of_key(std::string_view idempotency_key);

// What is claimed in one table beside orders' idempotency keys: the provider's key of a payment, the key of a user's
// saga (digest_of_saga_key()), under a name of its own. None of them has the digest of another, whatever a client sends
// as a key. The names are stored as digests: they never change.
KeyDigest digest_of_payment_key(std::string_view provider_key);
KeyDigest digest_of_claim(std::string_view name);

// With this begins the name of the key of a user's saga; digest_of_key() gives orders' keys that begin so another name.
inline constexpr std::string_view saga_claim_prefix = "saga ";

// For hash maps. A digest is already uniformly distributed.
struct KeyDigestHash {
  std::size_t operator()(const KeyDigest& key) const noexcept {
    std::size_t hash;
    std::memcpy(&hash, key.data() + key.size() - sizeof hash, sizeof hash);
    return hash;
  }
};

// The key of an order that names none: the SHA-256, in hexadecimal, of "SOLDOUT:" and the sorted product ids joined
// by "|".
std::string default_idempotency_key(const std::vector<OrderItem>& items);

struct Order {
  OrderId id;
  UserId user;
  std::vector<OrderItem> items;
  Money total;
  std::string address;
  std::string customer;  // the buyer's name in a shop without accounts of its own; may be empty
  OrderStatus status = OrderStatus::pending;
  std::string idempotency_key;
  bool holds_key = true;   // false: placed with --dedupe key-only and without a key
  std::string payment_id;  // empty: none yet
  std::string cancel_reason;
  std::int64_t fencing_token = 0;  // of the lock under which it was placed; 0: none
  NodeName node;                   // the node that created it
  int version = 0;
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const Order&, const Order&) = default;
};

struct CreateOrder {
  OrderId id;
  UserId user;
  std::vector<OrderItem> items;
  std::string address;
  std::string idempotency_key;  // empty only for an order that holds no key
  std::int64_t fencing_token = 0;
  std::string lock_metadata;  // JSON members of the OrderCreated event's metadata, or empty
  std::string customer = {};
};
struct ConfirmOrder {
  std::string payment_id;
};
struct CancelOrder {
  std::string reason;
  std::string by = {};  // the id of the user who asked; empty: the saga
};
// Makes a cancelled order pending again, for a saga that is retried. The caller has claimed its key again.
struct ReopenOrder {};
// Notifies the buyer that the order is complete: an event, published like any other.
struct NotifyBuyer {};
using OrderCommand = std::variant<ConfirmOrder, CancelOrder, ReopenOrder, NotifyBuyer>;

struct OrderDecision {
  Order order;
  std::vector<Event> events;  // none: nothing changed
};

// `invalid` for no items or a total over the limit.
Result<OrderDecision> create_order(CreateOrder command, const Moment& moment);

// Confirm: pending -> paid; paid stays paid; else `conflict`. Cancel: any but delivered -> cancelled; cancelled
// stays cancelled; delivered is a `conflict`. Reopen: cancelled or failed -> pending; pending stays.
Result<OrderDecision> decide(Order order, const OrderCommand& command, const Moment& moment);

}  // namespace sagactl

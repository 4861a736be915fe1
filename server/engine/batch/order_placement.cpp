#include "server/engine/batch/order_placement.hpp"

#include <fmt/format.h>

#include "server/participants/perform.hpp"

namespace sagactl {
namespace {

// An order can be placed only when all its stock exists.
Error not_in_stock(const StockKey& key) {
  switch (key.kind) {
    case StockKind::product:
      return Error{ErrorCode::invalid,
                   fmt::format("product {} is not in the inventory; GET /api/inventory lists what is, and "
                               "POST /api/inventory/initialize fills it with samples",
                               key.id),
                   Json{{"productId", key.id}}};
    case StockKind::item:
      return Error{ErrorCode::not_found, "Item not found", Json{{"itemId", key.id}}};
    case StockKind::balance:
    case StockKind::slots:
      return Error{ErrorCode::not_found, "User not found", Json{{"userId", key.id}}};
  }
  return Error{ErrorCode::bug, "unknown kind of stock"};
}

}  // namespace

std::string idempotency_key_of(const PlaceOrder& command) {
  if (!command.idempotency_key.empty() || command.key_only) return command.idempotency_key;
  return default_idempotency_key(command.items);
}

KeyDigest key_digest_of(const PlaceOrder& command, const std::string& key) {
  return command.key_digest ? *command.key_digest : digest_of_key(key);
}

// From the parts of the order that determine the stock of its saga.
std::vector<StockKey> stocks_of(const PlaceOrder& command) {
  if (!uses_stock(command.saga)) return {};
  Order order;
  order.items = command.items;
  order.customer = command.customer;
  return stocks_of(command.saga, order);
}

Result<std::vector<OrderItem>> items_of(const PlaceOrder& command, const StockOverlay& stocks) {
  std::vector<OrderItem> items = command.items;
  // The stores list the orders of these sagas by customer.
  if (command.saga != order_processing_saga && command.customer.empty())
    return Error{ErrorCode::invalid, "the customer must be named"};
  for (const StockKey& key : stocks_of(command)) {
    const Stock* stock = stocks.find(key);
    if (!stock) return not_in_stock(key);
    if (key.kind != StockKind::item) continue;
    for (OrderItem& item : items) {
      if (item.product_id != key.id) continue;
      item.product_name = stock->name;
      item.price = stock->price;
    }
  }
  return items;
}

bool must_reclaim_key(const Flow& flow) {
  return !is_live(flow.order.status) && flow.order.holds_key && flow.saga &&
         flow.saga->status == SagaStatus::compensated;
}

}  // namespace sagactl

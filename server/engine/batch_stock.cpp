// What a batch does with stock: the commands about it, what orders are told of it, and what is written.
#include <fmt/format.h>

#include <algorithm>

#include "server/engine/batch.hpp"

namespace sagactl {

// The items with what the stock says of them.
Result<std::vector<OrderItem>> Batch::items_of(const PlaceOrder& command) const {
  std::vector<OrderItem> items = command.items;
  // Stores list the orders of these systems by their customers.
  if (command.saga != order_processing_saga && command.customer.empty())
    return Error{ErrorCode::invalid, "the customer must be named"};
  if (command.saga == item_purchase_saga) {
    if (!stocks_.find({StockKind::balance, command.customer})) return Error{ErrorCode::not_found, "User not found"};
    for (OrderItem& item : items) {
      const Stock* stock = stocks_.find({StockKind::item, item.product_id});
      if (!stock) return Error{ErrorCode::not_found, "Item not found"};
      item.product_name = stock->name;
      item.price = stock->price;
    }
  } else if (is_checkout(command.saga)) {
    for (const OrderItem& item : items)
      if (!stocks_.find({StockKind::product, item.product_id}))
        return Error{ErrorCode::invalid,
                     fmt::format("product {} is not in the inventory; GET /api/inventory lists what is, and "
                                 "POST /api/inventory/initialize fills it with samples",
                                 item.product_id)};
  }
  return items;
}

Result<Receipt> Batch::on(const SetStockRequest& command) {
  StockBook stocks(&stocks_);
  std::vector<Event> events;
  Receipt receipt;
  for (const StockSetting& setting : command.settings) {
    auto set = set_stock(stocks, setting, moment_);
    if (!set) return set.error();
    for (Event& event : *set) event.metadata = Json{{"by", command.actor.user.text()}}.dump();
    std::move(set->begin(), set->end(), std::back_inserter(events));
    receipt.stocks.push_back(*stocks.find(setting.key));
  }
  keep(stocks);
  record(std::move(events), nullptr);
  return receipt;
}

Result<Receipt> Batch::on(const ExpireReservationsRequest& command) {
  const auto found = by_order_.find(command.order);
  if (found == by_order_.end()) return Error{ErrorCode::not_found, "Order not found"};
  Draft draft = draft_of(found->second->flow);
  for (Reservation& reservation : draft.flow.reservations) {
    auto decision = expire(draft.stocks, reservation, command.order, moment_);
    reservation = std::move(decision.reservation);
    std::move(decision.events.begin(), decision.events.end(), std::back_inserter(draft.events));
  }
  if (draft.events.empty()) return Error{ErrorCode::retry, "nothing has expired"};
  return accept(std::move(draft));
}

void Batch::keep(const StockBook& stocks) {
  for (const auto& [key, stock] : stocks.here()) {
    stocks_.put(stock);
    stocks_changed_.insert(key);
  }
}

}  // namespace sagactl

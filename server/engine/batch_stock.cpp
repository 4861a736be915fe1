// What a batch does with stock: the commands about it, and what is written.
#include <algorithm>

#include "server/engine/batch.hpp"

namespace sagactl {

Result<Receipt> Batch::on(const SetStockRequest& command) {
  StockBook stocks(&stocks_);
  std::vector<Event> events;
  Receipt receipt;
  for (const StockSetting& setting : command.settings) {
    auto set = set_stock(stocks, setting, moment_);
    if (!set) return set.error();
    for (Event& event : *set) event.metadata = asked_by(command.actor.user.text());
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
  const bool is_asking = check_payments(draft);
  if (draft.events.empty() && !is_asking) return Error{ErrorCode::retry, "nothing is due"};
  return accept(std::move(draft));
}

void Batch::keep(const StockBook& stocks) {
  for (const auto& [key, stock] : stocks.here()) {
    stocks_.put(stock);
    stocks_changed_.insert(key);
  }
}

}  // namespace sagactl

// What a batch does with stock: the commands about it, and what is written.
#include <fmt/format.h>

#include <algorithm>

#include "server/engine/batch/command_batch.hpp"

namespace sagactl {

Result<Receipt> CommandBatch::on(const SetStockRequest& command) {
  StockOverlay stocks(&stocks_);
  std::vector<Event> events;
  Receipt receipt;
  for (const StockSetting& setting : command.settings) {
    auto set = set_stock(stocks, setting, moment_);
    if (!set) return set.error();
    for (Event& event : *set) event.metadata = requested_by(command.actor.user.text());
    std::move(set->begin(), set->end(), std::back_inserter(events));
    receipt.stocks.push_back(*stocks.find(setting.key));
  }
  keep(stocks);
  record(std::move(events), nullptr);
  return receipt;
}

Result<Receipt> CommandBatch::on(const CheckDueFlowRequest& command) {
  const auto found = by_order_.find(command.order);
  if (found == by_order_.end()) return Error{ErrorCode::not_found, "Order not found"};
  Draft draft = draft_of(found->second->flow);
  for (Reservation& reservation : draft.flow.reservations) {
    auto decision = expire(draft.stocks, reservation, command.order, moment_);
    reservation = std::move(decision.reservation);
    std::move(decision.events.begin(), decision.events.end(), std::back_inserter(draft.events));
  }
  const bool is_asking = check_payments(draft);
  if (draft.events.empty() && !is_asking) {
    // What it was to be looked at for may have been deleted: then it is not to be found again.
    if (!draft.flow.saga)
      for (Payment& payment : draft.flow.payments) payment.check.reset();
    if (draft.flow.saga && next_check_at(draft.flow)) return Error{ErrorCode::retry, "nothing is due"};
    draft.is_looked_at = true;
  }
  return accept(std::move(draft));
}

// Units move in their stock when a reservation changes. A stock that nobody looked for is none that an operator deleted:
// its units would be lost.
Result<void> CommandBatch::check_loaded(const Draft& draft) const {
  const auto before = by_order_.find(draft.flow.order.id);
  for (const Reservation& reservation : draft.flow.reservations) {
    if (before != by_order_.end() && std::find(before->second->flow.reservations.begin(),
                                               before->second->flow.reservations.end(),
                                               reservation) != before->second->flow.reservations.end())
      continue;
    for (const ReservationLine& line : reservation.lines) {
      const StockKey key{reservation.kind, line.stock};
      if (reservation.status != ReservationStatus::refused && !stocks_.find(key) && !absent_stocks_.contains(key))
        return Error{ErrorCode::bug, fmt::format("order {} moves units of the {} {}, which was not loaded",
                                                 draft.flow.order.id.text(), to_string(key.kind), key.id)};
    }
  }
  return {};
}

void CommandBatch::keep(const StockOverlay& stocks) {
  for (const auto& [key, stock] : stocks.here()) {
    stocks_.put(stock);
    stocks_changed_.insert(key);
  }
}

}  // namespace sagactl

// Stock in a batch: the commands about it, and its changes.
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
  merge_stocks(stocks);
  append_events(std::move(events), nullptr);
  return receipt;
}

Result<Receipt> CommandBatch::on(const CheckDueFlowRequest& command) {
  const auto found = flow_by_order_.find(command.order);
  if (found == flow_by_order_.end()) return Error{ErrorCode::not_found, "Order not found"};
  Draft draft = draft_of(found->second->flow);
  for (Reservation& reservation : draft.flow.reservations) {
    auto decision = expire(draft.stocks, reservation, command.order, moment_);
    reservation = std::move(decision.reservation);
    std::move(decision.events.begin(), decision.events.end(), std::back_inserter(draft.events));
  }
  const bool has_calls = add_due_payment_checks(draft);
  if (draft.events.empty() && !has_calls) {
    // An operator may have deleted what was due: then the flow must not be found again.
    if (!draft.flow.saga)
      for (Payment& payment : draft.flow.payments) payment.check.reset();
    if (draft.flow.saga && next_check_at(draft.flow)) return Error{ErrorCode::retry, "the flow is not due"};
    draft.is_rescheduled = true;
  }
  return accept(std::move(draft));
}

// A changed reservation moves units of its stock. A stock whose key was not loaded is not one that an operator has
// deleted: treating it as deleted would lose the units.
Result<void> CommandBatch::check_stocks_loaded(const Draft& draft) const {
  const auto before = flow_by_order_.find(draft.flow.order.id);
  for (const Reservation& reservation : draft.flow.reservations) {
    if (before != flow_by_order_.end() &&
        std::find(before->second->flow.reservations.begin(), before->second->flow.reservations.end(), reservation) !=
            before->second->flow.reservations.end())
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

void CommandBatch::merge_stocks(const StockOverlay& stocks) {
  for (const auto& [key, stock] : stocks.changes()) {
    stocks_.put(stock);
    stocks_changed_.insert(key);
  }
}

}  // namespace sagactl

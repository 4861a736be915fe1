#include "server/participants/stock_commands.hpp"

#include <algorithm>

namespace sagactl {
namespace {

Reservation* reservation_of(Flow& flow, StockKind kind, int execution) {
  const auto found = std::find_if(flow.reservations.begin(), flow.reservations.end(),
                                  [&](const Reservation& r) { return r.kind == kind && r.execution == execution; });
  return found == flow.reservations.end() ? nullptr : &*found;
}

StepResult reserve_stock(const StepSite& site, const StockUse& use) {
  Flow& flow = site.flow;
  Reserve command;
  command.id = ReservationId{site.fresh_id(1 + static_cast<std::uint64_t>(use.kind))};
  command.order = flow.order.id;
  command.kind = use.kind;
  command.execution = site.call.execution;
  command.lines = use.lines(flow.order);
  command.time_to_live = site.policy.reservation_ttl;
  auto decision = reserve(site.stocks, command, site.moment);
  const std::string reason = decision.reservation.reason;
  flow.reservations.push_back(std::move(decision.reservation));
  return StepResult{reason.empty() ? Outcome{Succeeded{}} : Outcome{Refused{reason}}, std::move(decision.events), {}};
}

StepResult release_stock(const StepSite& site, StockKind kind) {
  Reservation* reservation = reservation_of(site.flow, kind, site.call.execution);
  if (!reservation) return StepResult{Succeeded{}, {}, {}};
  auto decision = release(site.stocks, *reservation, site.flow.order.id, site.moment);
  *reservation = std::move(decision.reservation);
  return StepResult{Succeeded{}, std::move(decision.events), {}};
}

}  // namespace

std::vector<ReservationLine> units_of_items(const Order& order) {
  std::vector<ReservationLine> lines;
  for (const OrderItem& item : order.items) lines.push_back({item.product_id, item.quantity});
  return lines;
}

std::vector<ReservationLine> slots_of_buyer(const Order& order) {
  std::vector<ReservationLine> lines;
  for (const OrderItem& item : order.items) lines.push_back({order.customer, item.quantity});
  return lines;
}

std::vector<ReservationLine> money_of_buyer(const Order& order) {
  return {{order.customer, order.total.cents}};
}

// The confirming step counts its own executions, so the latest reservation is confirmed. A reservation that has expired
// and is out of stock may be in stock again later: that is no refusal, which would be permanent.
StepResult confirm_stock(const StepSite& site, StockKind kind) {
  std::vector<Reservation>& all = site.flow.reservations;
  const auto latest =
      std::find_if(all.rbegin(), all.rend(), [&](const Reservation& reservation) { return reservation.kind == kind; });
  if (latest == all.rend()) return StepResult{Refused{"nothing was reserved"}, {}, {}};
  auto decision = confirm(site.stocks, *latest, site.flow.order.id, site.moment);
  if (!decision && latest->status == ReservationStatus::expired)
    return StepResult{Unavailable{decision.error().message}, {}, {}};
  if (!decision) return StepResult{Refused{decision.error().message}, {}, {}};
  *latest = std::move(decision->reservation);
  return StepResult{Succeeded{}, std::move(decision->events), {}};
}

std::vector<ParticipantCommand> stock_commands(const std::string& name, const StockUse& use) {
  const StockKind kind = use.kind;
  const auto has_record = [kind](const StepSite& site) {
    return reservation_of(site.flow, kind, site.call.execution) != nullptr;
  };
  return {{name + ".reserve", [use](const StepSite& site) { return reserve_stock(site, use); }, has_record, use},
          {name + ".release", [kind](const StepSite& site) { return release_stock(site, kind); }, has_record, use},
          {name + ".confirm", [kind](const StepSite& site) { return confirm_stock(site, kind); }, has_record, use}};
}

}  // namespace sagactl

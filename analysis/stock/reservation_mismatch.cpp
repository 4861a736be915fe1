#include "analysis/stock/reservation_mismatch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

std::string text_of(StockKind kind, const std::vector<ReservationLine>& lines) {
  std::string text;
  for (const ReservationLine& line : lines)
    text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", amount_of(kind, line.quantity),
                        name_of({kind, line.stock}));
  return text.empty() ? "nothing" : text;
}

std::optional<Witness> wrong_lines(const FlowFacts& facts, const Reservation& reservation) {
  if (!facts.has_order) return std::nullopt;
  const auto expected = expected_reservation_lines(facts.flow.order, reservation.kind);
  if (expected == reservation.lines) return std::nullopt;
  return Witness{.what = fmt::format("order {} needs {}, but its reservation is for {}", facts.flow.order.id.text(),
                                     text_of(reservation.kind, expected), text_of(reservation.kind, reservation.lines)),
                 .rule = "a reservation is for what its order needs",
                 .rows = Json::array({row_of(facts.flow.order), row_of(reservation, facts.flow.order.id)}),
                 .nodes = Json::array({reservation.node})};
}

std::optional<Witness> wrong_event(const FlowFacts& facts, const Reservation& reservation) {
  const AggregateFacts* history = facts.find(aggregate_type_of(reservation.kind), reservation.id.uuid);
  if (!history) return std::nullopt;
  for (const EventFacts* it : history->events) {
    if (!it->reservation) continue;
    std::vector<ReservationLine> recorded;
    for (const StockMove& move : it->reservation->moves) recorded.push_back({move.stock, move.quantity});
    if (recorded == reservation.lines) continue;
    return Witness{
        .what = fmt::format("reservation {} of order {} is for {}, but its {} event says {}", reservation.id.text(),
                            facts.flow.order.id.text(), text_of(reservation.kind, reservation.lines),
                            to_string(it->event->type), text_of(reservation.kind, recorded)),
        .rule = "a reservation and its events are for the same units",
        .rows = Json::array({row_of(reservation, facts.flow.order.id), row_of(*it->event)}),
        .nodes = Json::array({it->event->node})};
  }
  return std::nullopt;
}

bool draws_from(const SagaDefinition& definition, StockKind kind) {
  return std::any_of(definition.steps.begin(), definition.steps.end(),
                     [&](const StepDefinition& step) { return kind_reserved_by(step.action) == kind; });
}

// A completed order has exactly one confirmed reservation and holds nothing else.
std::optional<Witness> not_sold(const FlowFacts& facts, StockKind kind) {
  const Flow& flow = facts.flow;
  const bool done =
      facts.has_order && flow.saga && flow.saga->status == SagaStatus::completed && is_completed(flow.order.status);
  if (!done || !facts.definition || !draws_from(*facts.definition, kind)) return std::nullopt;
  int bought = 0, held = 0;
  Json rows = Json::array({row_of(flow.order)});
  for (const Reservation& reservation : flow.reservations) {
    if (reservation.kind != kind) continue;
    bought += reservation.status == ReservationStatus::confirmed;
    held += reservation.status == ReservationStatus::reserved;
    rows.push_back(row_of(reservation, flow.order.id));
  }
  if (bought == 1 && held == 0) return std::nullopt;
  const std::string expected = text_of(kind, expected_reservation_lines(flow.order, kind));
  return Witness{
      .what = fmt::format("order {} is completed, but of its reservations of {} {} are confirmed and {} still held",
                          flow.order.id.text(), expected, bought, held),
      .rule = "a completed order has exactly one confirmed reservation of what it needs, and holds nothing else",
      .rows = rows,
      .nodes = Json::array({flow.order.node})};
}

}  // namespace

bool is_completed(OrderStatus status) {
  return status == OrderStatus::paid || status == OrderStatus::shipped || status == OrderStatus::delivered;
}

std::optional<Witness> reservation_mismatch(const FlowFacts& facts, StockKind kind) {
  for (const Reservation& reservation : facts.flow.reservations) {
    if (reservation.kind != kind) continue;
    if (auto wrong = wrong_lines(facts, reservation)) return wrong;
    if (auto wrong = wrong_event(facts, reservation)) return wrong;
  }
  return not_sold(facts, kind);
}

}  // namespace sagactl

#include "analysis/violations.hpp"

#include <fmt/format.h>

namespace sagactl {

void Violations::add(Witness witness) {
  if (count_++ == 0)
    witness_ = std::move(witness);
  else if (more_.size() < more_max)
    more_.push_back(std::move(witness.what));
}

void Violations::add(const Violations& others) {
  if (others.count_ == 0) return;
  const std::uint64_t total = count_ + others.count_;
  add(others.witness_);
  for (const std::string& what : others.more_)
    if (more_.size() < more_max) more_.push_back(what);
  count_ = total;
}

Verdict Violations::verdict(std::string_view name, std::string summary) const {
  Verdict verdict{.name = std::string(name), .ruling = Ruling::pass, .reason = std::move(summary), .witness = nullptr};
  if (count_ == 0) return verdict;
  verdict.ruling = Ruling::fail;
  verdict.reason = witness_.what;
  if (count_ > 1) verdict.reason += fmt::format(" ({} more like it)", count_ - 1);
  verdict.witness = Json::object();
  if (!witness_.rows.empty()) verdict.witness["rows"] = witness_.rows;
  if (!witness_.requests.empty()) verdict.witness["requests"] = witness_.requests;
  if (!witness_.nodes.empty()) verdict.witness["nodes"] = witness_.nodes;
  verdict.witness["why"] = Json::array({witness_.what, witness_.rule});
  if (!more_.empty()) verdict.witness["more"] = more_;
  return verdict;
}

Json row_of(const Order& order) {
  return Json{{"table", "orders"},
              {"id", order.id.text()},
              {"status", to_string(order.status)},
              {"totalAmount", order.total.text()},
              {"nodeId", order.node},
              {"version", order.version},
              {"createdAt", iso8601_us(order.created_at)},
              {"updatedAt", iso8601_us(order.updated_at)}};
}

Json row_of(const Saga& saga, const SagaDefinition* definition) {
  Json steps = Json::object();
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const bool named = definition && i < definition->steps.size();
    steps[named ? std::string(definition->steps[i].name) : std::to_string(i)] = to_string(saga.steps[i].status);
  }
  return Json{{"table", "saga_instances"},
              {"id", saga.id.text()},
              {"status", to_string(saga.status)},
              {"steps", steps},
              {"node", saga.owner.node},
              {"version", saga.version},
              {"updatedAt", iso8601_us(saga.updated_at)}};
}

Json row_of(const Payment& payment) {
  return Json{{"table", "payments"},
              {"id", payment.id.text()},
              {"orderId", payment.order.text()},
              {"attempt", payment.execution},
              {"status", to_string(payment.status)},
              {"amount", payment.amount.text()},
              {"node", payment.node},
              {"version", payment.version},
              {"updatedAt", iso8601_us(payment.updated_at)}};
}

Json row_of(const Reservation& reservation, OrderId order) {
  Json lines = Json::object();
  for (const ReservationLine& line : reservation.lines) lines[line.stock] = line.quantity;
  return Json{{"table", "reservations"},
              {"id", reservation.id.text()},
              {"orderId", order.text()},
              {"kind", to_string(reservation.kind)},
              {"attempt", reservation.execution},
              {"status", to_string(reservation.status)},
              {"lines", lines},
              {"node", reservation.node},
              {"version", reservation.version},
              {"updatedAt", iso8601_us(reservation.updated_at)}};
}

Json row_of(const Stock& stock) {
  return Json{{"table", "stock"},
              {"kind", to_string(stock.key.kind)},
              {"id", stock.key.id},
              {"total", stock.total},
              {"available", stock.available},
              {"reserved", stock.reserved},
              {"sold", stock.sold},
              {"node", stock.node},
              {"version", stock.version},
              {"updatedAt", iso8601_us(stock.updated_at)}};
}

Json row_of(const Event& event) {
  return Json{{"table", "event_store"},
              {"eventType", to_string(event.type)},
              {"aggregateId", event.aggregate.text()},
              {"version", event.version},
              {"node", event.node},
              {"sequence", event.sequence},
              {"occurredAt", iso8601_us(event.occurred_at)}};
}

Json row_of(const NodeInfo& node) {
  return Json{{"table", "nodes"},
              {"name", node.name},
              {"epoch", node.epoch},
              {"live", node.live},
              {"lastSequence", node.last_sequence},
              {"published", node.published}};
}

}  // namespace sagactl

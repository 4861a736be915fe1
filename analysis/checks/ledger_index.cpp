#include "analysis/checks/ledger_index.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sagactl {
namespace {

Timestamp end_of(const FlowFacts& facts) {
  const Order& order = facts.flow.order;
  if (is_live(order.status)) return {};
  std::optional<Timestamp> ended;
  for (const EventFacts& it : facts.events)
    if (it.new_status && !is_live(*it.new_status)) ended = it.event->occurred_at;
  return ended.value_or(order.updated_at);
}

// The id with the group and the run in it: an order's first product, a user's saga's key.
std::optional<ProductRef> origin_of(const FlowFacts& facts) {
  if (!facts.has_order) return parse_product_id(facts.flow.saga->key);
  const auto& items = facts.flow.order.items;
  return items.empty() ? std::nullopt : parse_product_id(items.front().product_id);
}

void add_order(RunOrder& seen, const FlowFacts& facts) {
  const Order& order = facts.flow.order;
  seen.user = order.user;
  seen.total = order.total;
  seen.ended_at = end_of(facts);
  seen.status = order.status;
}

bool was_reopened(const FlowFacts& facts) {
  return std::any_of(facts.events.begin(), facts.events.end(), [](const EventFacts& it) {
    return it.previous_status && it.new_status && !is_live(*it.previous_status) && is_live(*it.new_status);
  });
}

}  // namespace

LedgerIndex::LedgerIndex(const Ledger& ledger, const Scratch& scratch)
    : ledger_(ledger),
      seen_(scratch),
      named_(ledger.entries.size(), RunOrder::none),
      last_correlated_(ledger.entries.size(), RunOrder::none) {
  answered_.reserve(ledger.entries.size());
  std::size_t place = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!entry.order.is_nil()) answered_.add(entry.order, place);
    ++place;
  }
  answered_.sort();
}

void LedgerIndex::on_flow(const FlowFacts& facts) {
  if (!facts.is_requested()) return;
  const OrderId id = facts.flow.order.id;
  const auto number = static_cast<std::uint32_t>(seen_.size());
  const auto origin = origin_of(facts);
  const Uuid correlation = facts.flow.saga ? Uuid::parse(facts.flow.saga->correlation).value_or(Uuid{}) : Uuid{};
  const LedgerEntry* sent = ledger_.request_with(correlation);
  std::uint32_t accepted = RunOrder::none;
  each_answer(id, [&](std::uint32_t place) {
    if (accepted == RunOrder::none && ledger_.entries[place].outcome == RequestOutcome::accepted) accepted = place;
  });
  // Orders for a catalogue's products are identified by the request that created them.
  const LedgerEntry* request = ledger_.catalogue.empty() ? nullptr : sent;
  const bool of_run = request || (origin && origin->run == ledger_.run);
  if (!of_run && accepted == RunOrder::none) return;
  each_answer(id, [&](std::uint32_t place) { named_[place] = number; });
  RunOrder seen;
  seen.id = id;
  seen.created_at = facts.created_at();
  if (facts.has_order)
    add_order(seen, facts);
  else
    seen.saga = facts.flow.saga->status;
  seen.accepted_as = accepted;
  if (of_run) {
    seen.kind = request ? request->kind : origin->kind;
    seen.group = request ? request->group : origin->group;
  }
  if (sent) {
    seen.sent_by = static_cast<std::uint32_t>(ledger_.entries.place_of(*sent));
    seen.previous = std::exchange(last_correlated_[seen.sent_by], number);
  }
  seen.node = nodes_.of(facts.created_by());
  seen.reopened = was_reopened(facts);
  seen.traced = !correlation.is_nil();
  seen_.add(seen);
}

void LedgerIndex::finish_reading() {
  orders_ = seen_.take();
}

void LedgerIndex::each_answer(OrderId order, const std::function<void(std::uint32_t)>& visit) const {
  answered_.each(order.uuid, [&](std::uint32_t place) {
    if (ledger_.entries[place].order == order.uuid) visit(place);
    return false;
  });
}

const LedgerEntry* LedgerIndex::request(std::uint32_t place) const {
  return place == RunOrder::none ? nullptr : &ledger_.entries[place];
}

const RunOrder* LedgerIndex::order_named(const LedgerEntry& entry) const {
  const std::uint32_t number = named_[ledger_.entries.place_of(entry)];
  return number == RunOrder::none ? nullptr : &orders_[number];
}

std::vector<const RunOrder*> LedgerIndex::orders_of(const LedgerEntry& entry) const {
  std::vector<const RunOrder*> orders;
  for (std::uint32_t number = last_correlated_[ledger_.entries.place_of(entry)]; number != RunOrder::none;
       number = orders_[number].previous)
    orders.push_back(&orders_[number]);
  std::reverse(orders.begin(), orders.end());
  return orders;
}

const LedgerEntry* LedgerIndex::request_accepted_as(const RunOrder& order) const {
  return request(order.accepted_as);
}

const LedgerEntry* LedgerIndex::request_of(const RunOrder& order) const {
  return request(order.accepted_as != RunOrder::none ? order.accepted_as : order.sent_by);
}

Json LedgerIndex::row_of(const LedgerEntry& entry) const {
  Json row{{"operation", entry.operation},
           {"target", ledger_.targets[entry.target]},
           {"product", ledger_.product(entry)},
           {"outcome", to_string(entry.outcome)},
           {"httpStatus", entry.http_status}};
  if (!entry.order.is_nil()) row["orderId"] = ledger_.order_text(entry);
  row["correlationId"] = ledger_.correlation_sent(entry).text();
  if (entry.sent.us != 0) row["sentAt"] = iso8601_us(entry.sent);
  if (entry.done.us != 0) row["doneAt"] = iso8601_us(entry.done);
  return row;
}

Json LedgerIndex::row_of(const RunOrder& order) const {
  if (order.saga)
    return Json{{"table", "saga_instances"},
                {"id", order.id.text()},
                {"status", to_string(*order.saga)},
                {"nodeId", node_of(order)},
                {"createdAt", iso8601_us(order.created_at)}};
  return Json{{"table", "orders"},
              {"id", order.id.text()},
              {"status", to_string(order.status)},
              {"totalAmount", order.total.text()},
              {"nodeId", node_of(order)},
              {"createdAt", iso8601_us(order.created_at)},
              {"endedAt", order.ended_at.us != 0 ? Json(iso8601_us(order.ended_at)) : Json(nullptr)}};
}

}  // namespace sagactl

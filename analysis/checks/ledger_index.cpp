#include "analysis/checks/ledger_index.hpp"

#include <algorithm>

namespace sagactl {
namespace {

std::optional<Timestamp> end_of(const FlowFacts& facts) {
  const Order& order = facts.flow.order;
  if (is_live(order.status)) return std::nullopt;
  std::optional<Timestamp> ended;
  for (const EventFacts& it : facts.events)
    if (it.new_status && !is_live(*it.new_status)) ended = it.event->occurred_at;
  return ended ? ended : order.updated_at;
}

bool was_reopened(const FlowFacts& facts) {
  return std::any_of(facts.events.begin(), facts.events.end(), [](const EventFacts& it) {
    return it.previous_status && it.new_status && !is_live(*it.previous_status) && is_live(*it.new_status);
  });
}

}  // namespace

LedgerIndex::LedgerIndex(const Ledger& ledger) : ledger_(ledger) {
  sent_.reserve(ledger.entries.size());
  std::size_t place = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    sent_.add(ledger.correlation_sent(entry), place);
    if (entry.outcome == RequestOutcome::accepted && !entry.order.is_nil()) told_.add(entry.order, place);
    ++place;
  }
  sent_.sort();
  told_.sort();
}

void LedgerIndex::settle() {
  by_id_.sort();
  by_correlation_.sort();
}

void LedgerIndex::see(const FlowFacts& facts) {
  if (!facts.has_order) return;
  const Order& order = facts.flow.order;
  const auto product = order.items.empty() ? std::nullopt : parse_product_id(order.items.front().product_id);
  const Uuid correlation =
      facts.flow.saga ? Uuid::parse(facts.flow.saga->correlation).value_or(Uuid{}) : Uuid{};
  // Orders of a catalogue's products are known by the request that they came from.
  const LedgerEntry* request = ledger_.catalogue.empty() ? nullptr : ledger_.request_with(correlation);
  const bool of_run = request || (product && product->run == ledger_.run);
  if (!of_run && !request_told(order.id.uuid)) return;
  RunOrder seen;
  seen.id = order.id;
  seen.user = order.user;
  if (of_run) {
    seen.kind = request ? request->kind : product->kind;
    seen.group = request ? request->group : product->group;
  }
  seen.status = order.status;
  seen.total = order.total;
  seen.node = order.node;
  seen.created_at = order.created_at;
  seen.ended_at = end_of(facts);
  seen.reopened = was_reopened(facts);
  seen.correlation = correlation;
  by_id_.add(seen.id.uuid, orders_.size());
  if (!seen.correlation.is_nil()) by_correlation_.add(seen.correlation, orders_.size());
  orders_.push_back(std::move(seen));
}

const RunOrder* LedgerIndex::find_order(const Uuid& id) const {
  const RunOrder* found = nullptr;
  by_id_.each(id, [&](std::size_t place) {
    if (orders_[place].id.uuid == id) found = &orders_[place];
    return found != nullptr;
  });
  return found;
}

std::vector<const RunOrder*> LedgerIndex::orders_of(const LedgerEntry& entry) const {
  std::vector<const RunOrder*> orders;
  const Uuid correlation = ledger_.correlation_sent(entry);
  by_correlation_.each(correlation, [&](std::size_t place) {
    if (orders_[place].correlation == correlation) orders.push_back(&orders_[place]);
    return false;
  });
  return orders;
}

const LedgerEntry* LedgerIndex::request_with(const Uuid& correlation) const {
  const LedgerEntry* found = nullptr;
  sent_.each(correlation, [&](std::size_t place) {
    const LedgerEntry& entry = ledger_.entries[place];
    if (ledger_.correlation_sent(entry) == correlation) found = &entry;
    return found != nullptr;
  });
  return found;
}

const LedgerEntry* LedgerIndex::request_told(const Uuid& order) const {
  const LedgerEntry* found = nullptr;
  told_.each(order, [&](std::size_t place) {
    const LedgerEntry& entry = ledger_.entries[place];
    if (entry.outcome == RequestOutcome::accepted && entry.order == order) found = &entry;
    return found != nullptr;
  });
  return found;
}

const LedgerEntry* LedgerIndex::request_of(const RunOrder& order) const {
  const LedgerEntry* told = request_told(order.id.uuid);
  return told || order.correlation.is_nil() ? told : request_with(order.correlation);
}

Json LedgerIndex::request_row(const LedgerEntry& entry) const {
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

Json row_of(const RunOrder& order) {
  return Json{{"table", "orders"},
              {"id", order.id.text()},
              {"status", to_string(order.status)},
              {"totalAmount", order.total.text()},
              {"nodeId", order.node},
              {"createdAt", iso8601_us(order.created_at)},
              {"endedAt", order.ended_at ? Json(iso8601_us(*order.ended_at)) : Json(nullptr)}};
}

}  // namespace sagactl

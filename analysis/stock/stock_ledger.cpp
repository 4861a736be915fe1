#include "analysis/stock/stock_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

constexpr const char* exact = "a change moves units from one quantity to another and changes nothing else";
constexpr const char* adds_up = "the total of a stock is available + reserved + sold";
constexpr const char* dense = "every change of a stock is recorded by one event and raises its version by one";

Json nodes_of(const Json& rows) {
  Json nodes = Json::array();
  for (const Json& row : rows)
    if (const auto node = row.find("node"); node != row.end() && !node->empty())
      if (std::find(nodes.begin(), nodes.end(), *node) == nodes.end()) nodes.push_back(*node);
  return nodes;
}

std::string_view word_of(StockMovement movement) {
  switch (movement) {
    case StockMovement::set:
      return "set";
    case StockMovement::reserved:
      return "reserved";
    case StockMovement::sold:
    case StockMovement::sold_after_expiry:
      return "sold";
    case StockMovement::released:
    case StockMovement::returned:
      return "released";
  }
  return "changed";
}

// Where the units of an event came from and went to, given what its reservation was before.
std::optional<StockMovement> movement_of(EventType type, ReservationStatus before) {
  switch (type) {
    case EventType::stock_reserved:
      return StockMovement::reserved;
    case EventType::stock_confirmed:
      return before == ReservationStatus::expired ? StockMovement::sold_after_expiry : StockMovement::sold;
    case EventType::stock_released:
      return before == ReservationStatus::confirmed ? StockMovement::returned : StockMovement::released;
    default:
      return std::nullopt;
  }
}

ReservationStatus status_after(const EventFacts& facts) {
  if (facts.event->type == EventType::stock_confirmed) return ReservationStatus::confirmed;
  if (facts.event->type == EventType::stock_reserved) return ReservationStatus::reserved;
  return facts.reservation && facts.reservation->expired ? ReservationStatus::expired : ReservationStatus::released;
}

}  // namespace

bool StockLedger::is_mine(StockKind kind) const {
  return std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end();
}

std::uint64_t StockLedger::stocks(StockKind kind) const {
  return static_cast<std::uint64_t>(
      std::count_if(accounts_.begin(), accounts_.end(), [&](const auto& it) { return it.first.kind == kind; }));
}

void StockLedger::add(std::string what, std::string rule, Json rows) {
  Json nodes = nodes_of(rows);
  violations_.add({.what = std::move(what),
                   .rule = std::move(rule),
                   .rows = std::move(rows),
                   .requests = Json::array(),
                   .nodes = std::move(nodes)});
}

StockLedger::StockIncarnation& StockLedger::incarnation_at(StockAccount& account, Timestamp at) {
  if (account.incarnations.empty()) account.incarnations.emplace_back();
  auto incarnation = account.incarnations.end() - 1;
  while (incarnation != account.incarnations.begin() && at < incarnation->since) --incarnation;
  return *incarnation;
}

void StockLedger::take(const StockKey& key, const StockChange& change) {
  ++changes_;
  const auto mismatch = incarnation_at(account(key), change.at).chain.take(change);
  if (!mismatch) return;
  Json rows = Json::array();
  if (mismatch->earlier) rows.push_back(mismatch->earlier->row(key));
  rows.push_back(mismatch->later.row(key));
  const StockChange& later = mismatch->later;
  if (mismatch->twice) {
    add(fmt::format("{} has two changes of version {}", name_of(key), later.after.version), dense, rows);
    return;
  }
  const std::string quantity =
      later.movement == StockMovement::set ? std::string() : amount_of(key.kind, later.quantity) + " ";
  const std::string before = text_of(key.kind, mismatch->earlier->after);
  add(fmt::format("{}: from {}, {}{} at version {} led to {}", name_of(key), before, quantity, word_of(later.movement),
                  later.after.version, text_of(key.kind, later.after)),
      exact, rows);
}

void StockLedger::on_stock_events(const std::vector<StockSetFacts>& events) {
  std::vector<const StockSetFacts*> sets;
  for (const StockSetFacts& facts : events)
    if (facts.readable && is_mine(facts.key.kind)) sets.push_back(&facts);
  for (const StockSetFacts* set : sets)
    if (set->left.version == 1) account(set->key).incarnations.push_back({set->event->occurred_at, {}});
  for (auto& [key, account] : accounts_)
    std::sort(account.incarnations.begin(), account.incarnations.end(),
              [](const StockIncarnation& a, const StockIncarnation& b) { return a.since < b.since; });
  for (const StockSetFacts* set : sets) {
    StockChange change;
    change.after = set->left;
    change.at = set->event->occurred_at;
    change.node = &*nodes_.insert(set->event->node).first;
    if (set->total != set->left.total())
      add(fmt::format("{} was set to a total of {}, but has {}", name_of(set->key),
                      amount_of(set->key.kind, set->total), text_of(set->key.kind, set->left)),
          adds_up, Json::array({change.row(set->key)}));
    take(set->key, change);
  }
}

void StockLedger::on_flow(const FlowFacts& facts) {
  for (const AggregateFacts& aggregate : facts.aggregates)
    if (const auto kind = stock_kind_of(aggregate.type); kind && is_mine(*kind)) see_events(facts, aggregate, *kind);
  for (const Reservation& reservation : facts.flow.reservations)
    if (is_mine(reservation.kind)) see_reservation(facts, reservation);
}

void StockLedger::see_events(const FlowFacts& facts, const AggregateFacts& history, StockKind kind) {
  ReservationStatus status = ReservationStatus::reserved;
  for (const EventFacts* it : history.events) {
    const auto movement = movement_of(it->event->type, status);
    if (!it->reservation) continue;
    if (!movement) {
      status = ReservationStatus::refused;
      continue;
    }
    for (const StockMove& move : it->reservation->moves) {
      StockChange change;
      change.movement = *movement;
      change.quantity = move.quantity;
      change.at = it->event->occurred_at;
      change.order = facts.flow.order.id;
      change.node = &*nodes_.insert(it->event->node).first;
      const StockKey key{kind, move.stock};
      if (move.left) {
        change.after = *move.left;
        take(key, change);
      } else if (status != ReservationStatus::refused) {
        account(key).unmoved = change;
      }
    }
    status = status_after(*it);
  }
}

void StockLedger::see_reservation(const FlowFacts& facts, const Reservation& reservation) {
  const bool held = reservation.status == ReservationStatus::reserved;
  if (!held && reservation.status != ReservationStatus::confirmed) return;
  for (const ReservationLine& line : reservation.lines) {
    StockAccount& account = this->account({reservation.kind, line.stock});
    if (held) account.held.emplace_back(reservation.created_at, line.quantity);
    if (&incarnation_at(account, reservation.updated_at) != &account.incarnations.back()) continue;
    (held ? account.reserved : account.sold) += line.quantity;
    account.last_holder = facts.flow.order.id;
  }
}

void StockLedger::find_gaps(const StockKey& key, const StockAccount& account) {
  for (const StockIncarnation& incarnation : account.incarnations) {
    if (incarnation.chain.empty()) continue;
    if (const auto gap = incarnation.chain.gap()) {
      add(fmt::format("{}: no event records version {}", name_of(key), gap->earlier->after.version + 1), dense,
          Json::array({gap->earlier->row(key), gap->later.row(key)}));
      return;
    }
    const StockChange& first = incarnation.chain.first();
    if (first.after.version == 1 && first.movement == StockMovement::set) continue;
    add(fmt::format("{}: the first recorded change has version {}", name_of(key), first.after.version),
        "a stock starts with version 1, when it is set", Json::array({first.row(key)}));
    return;
  }
}

void StockLedger::compare(const Stock& row, const StockAccount& account) {
  const StockKey& key = row.key;
  const auto amount = [&](std::int64_t quantity) { return amount_of(key.kind, quantity); };
  if (account.unmoved && account.incarnations.size() == 1) {
    add(fmt::format("{}: {} were {} for order {}, but its quantities did not change", name_of(key),
                    amount(account.unmoved->quantity), word_of(account.unmoved->movement),
                    account.unmoved->order.text()),
        exact, Json::array({row_of(row), account.unmoved->row(key)}));
    return;
  }
  if (!account.incarnations.back().chain.empty()) {
    const StockChange& last = account.incarnations.back().chain.last();
    if (last.after.version != row.version || !last.after.same_quantities(level_of(row))) {
      add(fmt::format("{} has {} at version {}; its last change, at version {}, left {}", name_of(key),
                      text_of(key.kind, level_of(row)), row.version, last.after.version, text_of(key.kind, last.after)),
          "a stock's row agrees with its last change", Json::array({row_of(row), last.row(key)}));
      return;
    }
  }
  if (account.reserved == row.reserved && account.sold == row.sold) return;
  Json rows = Json::array({row_of(row)});
  if (!account.last_holder.uuid.is_nil()) rows.push_back(Json{{"table", "orders"}, {"id", account.last_holder.text()}});
  add(fmt::format("{} has {} reserved and {} sold; its orders hold {} and have bought {}", name_of(key),
                  amount(row.reserved), amount(row.sold), amount(account.reserved), amount(account.sold)),
      "the reserved and sold units of a stock are those that its orders hold and have bought", rows);
}

// Works also where events were deleted: a flow is kept as long as it holds stock.
void StockLedger::compare_held(const Stock& row, const StockAccount& account) {
  std::int64_t held = 0;
  for (const auto& [since, quantity] : account.held)
    if (row.created_at <= since) held += quantity;
  if (held == row.reserved) return;
  add(fmt::format("{} has {} reserved, but orders hold {}", name_of(row.key), amount_of(row.key.kind, row.reserved),
                  amount_of(row.key.kind, held)),
      "the reserved units of a stock are those that orders hold", Json::array({row_of(row)}));
}

void StockLedger::finish(const ClusterSnapshot& snapshot) {
  const bool all = snapshot.complete && snapshot.has_all_events;
  std::map<StockKey, const Stock*> rows;
  for (const Stock& row : snapshot.stocks) {
    if (!is_mine(row.key.kind)) continue;
    rows[row.key] = &row;
    StockAccount& account = this->account(row.key);
    if (account.incarnations.empty()) account.incarnations.emplace_back();
  }
  for (const auto& [key, account] : accounts_) {
    const auto row = rows.find(key);
    const std::uint64_t before = violations_.count();
    if (row != rows.end() && row->second->total != level_of(*row->second).total())
      add(fmt::format("{} has a total of {}, but {}", name_of(key), amount_of(key.kind, row->second->total),
                      text_of(key.kind, level_of(*row->second))),
          adds_up, Json::array({row_of(*row->second)}));
    if (violations_.count() != before) continue;
    if (!all) {
      if (snapshot.complete && row != rows.end()) compare_held(*row->second, account);
      continue;
    }
    find_gaps(key, account);
    if (row != rows.end() && violations_.count() == before) compare(*row->second, account);
  }
}

}  // namespace sagactl

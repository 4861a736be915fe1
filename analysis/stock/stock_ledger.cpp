#include "analysis/stock/stock_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

constexpr const char* exact = "a change takes from one heap what it gives to another, and nothing else";
constexpr const char* adds_up = "the total of a stock is what is available, reserved and sold";
constexpr const char* dense =
    "every change of a stock is told of by one event, and raises its version by one";

Json nodes_of(const Json& rows) {
  Json nodes = Json::array();
  for (const Json& row : rows)
    if (const auto node = row.find("node"); node != row.end() && !node->empty())
      if (std::find(nodes.begin(), nodes.end(), *node) == nodes.end()) nodes.push_back(*node);
  return nodes;
}

std::string_view word_of(StockChange::Way way) {
  switch (way) {
    case StockChange::Way::set:
      return "set";
    case StockChange::Way::reserved:
      return "reserved";
    case StockChange::Way::sold:
    case StockChange::Way::sold_anew:
      return "sold";
    case StockChange::Way::given_back:
    case StockChange::Way::returned:
      return "given back";
  }
  return "changed";
}

// Where the units of an event came from and went to, given what its reservation was before.
std::optional<StockChange::Way> way_of(EventType type, ReservationStatus before) {
  switch (type) {
    case EventType::stock_reserved:
      return StockChange::Way::reserved;
    case EventType::stock_confirmed:
      return before == ReservationStatus::expired ? StockChange::Way::sold_anew : StockChange::Way::sold;
    case EventType::stock_released:
      return before == ReservationStatus::confirmed ? StockChange::Way::returned
                                                    : StockChange::Way::given_back;
    default:
      return std::nullopt;
  }
}

ReservationStatus status_after(const EventFacts& facts) {
  if (facts.event->type == EventType::stock_confirmed) return ReservationStatus::confirmed;
  if (facts.event->type == EventType::stock_reserved) return ReservationStatus::reserved;
  return facts.reservation && facts.reservation->expired ? ReservationStatus::expired
                                                         : ReservationStatus::released;
}

}  // namespace

bool StockLedger::is_mine(StockKind kind) const {
  return std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end();
}

std::uint64_t StockLedger::stocks(StockKind kind) const {
  return static_cast<std::uint64_t>(std::count_if(books_.begin(), books_.end(),
                                                  [&](const auto& it) { return it.first.kind == kind; }));
}

void StockLedger::add(std::string what, std::string rule, Json rows) {
  Json nodes = nodes_of(rows);
  violations_.add({.what = std::move(what),
                   .rule = std::move(rule),
                   .rows = std::move(rows),
                   .requests = Json::array(),
                   .nodes = std::move(nodes)});
}

StockLedger::Life& StockLedger::life_at(Book& book, Timestamp at) {
  if (book.lives.empty()) book.lives.emplace_back();
  auto life = book.lives.end() - 1;
  while (life != book.lives.begin() && at < life->since) --life;
  return *life;
}

void StockLedger::take(const StockKey& key, const StockChange& change) {
  ++changes_;
  const auto misfit = life_at(book(key), change.at).chain.take(change);
  if (!misfit) return;
  Json rows = Json::array();
  if (misfit->earlier) rows.push_back(misfit->earlier->row(key));
  rows.push_back(misfit->later.row(key));
  const StockChange& later = misfit->later;
  if (misfit->twice) {
    add(fmt::format("{} was changed twice to version {}", name_of(key), later.after.version), dense, rows);
    return;
  }
  const std::string quantity =
      later.way == StockChange::Way::set ? std::string() : amount_of(key.kind, later.quantity) + " ";
  const std::string before = text_of(key.kind, misfit->earlier->after);
  add(fmt::format("{}: there were {}; {}{} at version {} left {}", name_of(key), before, quantity,
                  word_of(later.way), later.after.version, text_of(key.kind, later.after)),
      exact, rows);
}

void StockLedger::see_stock_events(const std::vector<StockSetFacts>& events) {
  std::vector<const StockSetFacts*> sets;
  for (const StockSetFacts& facts : events)
    if (facts.readable && is_mine(facts.key.kind)) sets.push_back(&facts);
  for (const StockSetFacts* set : sets)
    if (set->left.version == 1) book(set->key).lives.push_back({set->event->occurred_at, {}});
  for (auto& [key, book] : books_)
    std::sort(book.lives.begin(), book.lives.end(),
              [](const Life& a, const Life& b) { return a.since < b.since; });
  for (const StockSetFacts* set : sets) {
    StockChange change;
    change.after = set->left;
    change.at = set->event->occurred_at;
    change.node = &*nodes_.insert(set->event->node).first;
    if (set->total != set->left.total())
      add(fmt::format("{} was set to a total of {}, with {}", name_of(set->key), amount_of(set->key.kind, set->total),
                      text_of(set->key.kind, set->left)),
          adds_up, Json::array({change.row(set->key)}));
    take(set->key, change);
  }
}

void StockLedger::see(const FlowFacts& facts) {
  for (const AggregateFacts& aggregate : facts.aggregates)
    if (const auto kind = stock_kind_of(aggregate.type); kind && is_mine(*kind))
      see_events(facts, aggregate, *kind);
  for (const Reservation& reservation : facts.flow.reservations)
    if (is_mine(reservation.kind)) see_reservation(facts, reservation);
}

void StockLedger::see_events(const FlowFacts& facts, const AggregateFacts& history, StockKind kind) {
  ReservationStatus status = ReservationStatus::reserved;
  for (const EventFacts* it : history.events) {
    const auto way = way_of(it->event->type, status);
    if (!it->reservation) continue;
    if (!way) {
      status = ReservationStatus::refused;
      continue;
    }
    for (const StockMove& move : it->reservation->moves) {
      StockChange change;
      change.way = *way;
      change.quantity = move.quantity;
      change.at = it->event->occurred_at;
      change.order = facts.flow.order.id;
      change.node = &*nodes_.insert(it->event->node).first;
      const StockKey key{kind, move.stock};
      if (move.left) {
        change.after = *move.left;
        take(key, change);
      } else if (status != ReservationStatus::refused) {
        book(key).unmoved = change;
      }
    }
    status = status_after(*it);
  }
}

void StockLedger::see_reservation(const FlowFacts& facts, const Reservation& reservation) {
  const bool held = reservation.status == ReservationStatus::reserved;
  if (!held && reservation.status != ReservationStatus::confirmed) return;
  for (const ReservationLine& line : reservation.lines) {
    Book& book = this->book({reservation.kind, line.stock});
    if (held) book.held.emplace_back(reservation.created_at, line.quantity);
    if (&life_at(book, reservation.updated_at) != &book.lives.back()) continue;
    (held ? book.reserved : book.sold) += line.quantity;
    book.last_holder = facts.flow.order.id;
  }
}

void StockLedger::look_for_gaps(const StockKey& key, const Book& book) {
  for (const Life& life : book.lives) {
    if (life.chain.empty()) continue;
    if (const auto gap = life.chain.gap()) {
      add(fmt::format("{}: no event tells of its version {}", name_of(key), gap->earlier->after.version + 1),
          dense, Json::array({gap->earlier->row(key), gap->later.row(key)}));
      return;
    }
    const StockChange& first = life.chain.first();
    if (first.after.version == 1 && first.way == StockChange::Way::set) continue;
    add(fmt::format("{}: the first change that an event tells of is its version {}", name_of(key),
                    first.after.version),
        "a stock begins with version 1, by being set", Json::array({first.row(key)}));
    return;
  }
}

void StockLedger::compare(const Stock& row, const Book& book) {
  const StockKey& key = row.key;
  const auto amount = [&](std::int64_t quantity) { return amount_of(key.kind, quantity); };
  if (book.unmoved && book.lives.size() == 1) {
    add(fmt::format("{}: {} were {} for order {}, and nothing was moved", name_of(key),
                    amount(book.unmoved->quantity), word_of(book.unmoved->way), book.unmoved->order.text()),
        exact, Json::array({row_of(row), book.unmoved->row(key)}));
    return;
  }
  if (!book.lives.back().chain.empty()) {
    const StockChange& last = book.lives.back().chain.last();
    if (last.after.version != row.version || !last.after.same_heaps(level_of(row))) {
      add(fmt::format("{} has {} at version {}; its last change, at version {}, left {}", name_of(key),
                      text_of(key.kind, level_of(row)), row.version, last.after.version,
                      text_of(key.kind, last.after)),
          "a stock is what its changes have made of it", Json::array({row_of(row), last.row(key)}));
      return;
    }
  }
  if (book.reserved == row.reserved && book.sold == row.sold) return;
  Json rows = Json::array({row_of(row)});
  if (!book.last_holder.uuid.is_nil())
    rows.push_back(Json{{"table", "orders"}, {"id", book.last_holder.text()}});
  add(fmt::format("{} has {} reserved and {} sold; its orders hold {} and have bought {}", name_of(key),
                  amount(row.reserved), amount(row.sold), amount(book.reserved), amount(book.sold)),
      "what is reserved and sold of a stock is what its orders hold and have bought", rows);
}

// Also where events were deleted: a flow that holds stock is there until it has given it back.
void StockLedger::compare_held(const Stock& row, const Book& book) {
  std::int64_t held = 0;
  for (const auto& [since, quantity] : book.held)
    if (row.created_at <= since) held += quantity;
  if (held == row.reserved) return;
  add(fmt::format("{} has {} reserved, and orders hold {}", name_of(row.key), amount_of(row.key.kind, row.reserved),
                  amount_of(row.key.kind, held)),
      "what is reserved of a stock is what orders hold", Json::array({row_of(row)}));
}

void StockLedger::finish(const ClusterSnapshot& snapshot) {
  const bool all = snapshot.whole && snapshot.from_the_start;
  std::map<StockKey, const Stock*> rows;
  for (const Stock& row : snapshot.stocks) {
    if (!is_mine(row.key.kind)) continue;
    rows[row.key] = &row;
    Book& book = this->book(row.key);
    if (book.lives.empty()) book.lives.emplace_back();
  }
  for (const auto& [key, book] : books_) {
    const auto row = rows.find(key);
    const std::uint64_t before = violations_.count();
    if (row != rows.end() && row->second->total != level_of(*row->second).total())
      add(fmt::format("{} has a total of {}, with {}", name_of(key), amount_of(key.kind, row->second->total),
                      text_of(key.kind, level_of(*row->second))),
          adds_up, Json::array({row_of(*row->second)}));
    if (violations_.count() != before) continue;
    if (!all) {
      if (snapshot.whole && row != rows.end()) compare_held(*row->second, book);
      continue;
    }
    look_for_gaps(key, book);
    if (row != rows.end() && violations_.count() == before) compare(*row->second, book);
  }
}

}  // namespace sagactl

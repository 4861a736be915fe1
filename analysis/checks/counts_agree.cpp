// Verdict counts-agree: orders, sagas, payments, reservations, stock and events refer to each other, and none is
// missing its counterpart.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

class CountsAgree final : public Check {
  static constexpr std::string_view name = "counts-agree";

 public:
  void on_stock_events(const std::vector<StockSetFacts>& events) override {
    stock_events_ = events.size();
    for (const StockSetFacts& set : events) check_stock_event(set);
  }

  void on_flow(const FlowFacts& facts) override {
    orders_ += facts.has_order;
    sagas_ += facts.flow.saga.has_value();
    payments_ += facts.flow.payments.size();
    reservations_ += facts.flow.reservations.size();
    events_ += facts.events.size();
    check_order_and_saga(facts);
    for (const Payment& payment : facts.flow.payments) check_payment(facts, payment);
    for (const Reservation& reservation : facts.flow.reservations) check_reservation(facts, reservation);
    check_steps(facts);
    check_events(facts);
  }

  bool wants_events() const override { return true; }
  void on_event(const NodeName&, std::int64_t, Timestamp) override { ++events_in_all_; }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    if (snapshot.complete && events_in_all_ != events_ + stock_events_)
      violations_.add({.what = fmt::format(
                           "the event store has {}, of which {} belong to an order{}",
                           count_of(events_in_all_, "event"), with_separators(events_),
                           stock_events_ > 0 ? fmt::format(" and {} to stock", with_separators(stock_events_)) : ""),
                       .rule = "every event belongs to an order or to stock, and is counted once"});
    check_stocks(snapshot);
    std::string summary = fmt::format("{}, {}, {}, ", count_of(orders_, "order"), count_of(sagas_, "saga"),
                                      count_of(payments_, "payment"));
    if (reservations_ > 0 || !snapshot.stocks.empty())
      summary +=
          fmt::format("{}, {}, ", count_of(reservations_, "reservation"), count_of(snapshot.stocks.size(), "stock"));
    return violations_.verdict(name, summary + count_of(events_ + stock_events_, "event"));
  }

 private:
  void add(const FlowFacts& facts, std::string what, std::string rule) {
    Json rows = Json::array();
    if (facts.has_order) rows.push_back(row_of(facts.flow.order));
    if (facts.flow.saga) rows.push_back(row_of(*facts.flow.saga, facts.definition));
    if (rows.empty()) rows.push_back(Json{{"table", "orders"}, {"id", facts.flow.order.id.text()}});
    violations_.add({.what = std::move(what), .rule = std::move(rule), .rows = rows});
  }

  static auto count(const FlowFacts& facts, EventType type) {
    return std::count_if(facts.events.begin(), facts.events.end(),
                         [&](const EventFacts& it) { return it.event->type == type; });
  }

  void check_order_and_saga(const FlowFacts& facts) {
    const std::string id = facts.flow.order.id.text();
    const bool has_saga = facts.flow.saga.has_value();
    if (facts.has_order != has_saga && !is_users_saga(facts.flow)) {
      add(facts, facts.has_order ? fmt::format("order {} has no saga", id) : fmt::format("saga {} has no order", id),
          "each order has one saga, and each saga one order, unless it is of a user's definition");
      return;
    }
    const auto created = count(facts, EventType::order_created), started = count(facts, EventType::saga_started);
    if (created != (facts.has_order ? 1 : 0))
      add(facts, fmt::format("order {} has {} OrderCreated events", id, created),
          "each order row has one OrderCreated event");
    else if (started != (has_saga ? 1 : 0))
      add(facts, fmt::format("saga {} has {} SagaStarted events", id, started),
          "each saga row has one SagaStarted event");
  }

  void check_payment(const FlowFacts& facts, const Payment& payment) {
    const AggregateFacts* history = facts.find(AggregateType::payment, payment.id.uuid);
    const bool decided = payment.status != PaymentStatus::pending && payment.status != PaymentStatus::processing;
    if (decided == (history != nullptr)) return;
    violations_.add({.what = history ? fmt::format("payment {} is {}, but has {}", payment.id.text(),
                                                   to_string(payment.status), count_of(history->events.size(), "event"))
                                     : fmt::format("payment {} is {}, but no event records it", payment.id.text(),
                                                   to_string(payment.status)),
                     .rule = "a payment has events exactly when its outcome is known",
                     .rows = Json::array({row_of(payment)})});
  }

  void check_reservation(const FlowFacts& facts, const Reservation& reservation) {
    if (facts.find(aggregate_type_of(reservation.kind), reservation.id.uuid)) return;
    violations_.add({.what = fmt::format("reservation {} is {}, but has no event", reservation.id.text(),
                                         to_string(reservation.status)),
                     .rule = "every reservation has an event that created it",
                     .rows = Json::array({row_of(reservation, facts.flow.order.id)})});
  }

  void check_stock_event(const StockSetFacts& set) {
    if (set.readable && set.event->aggregate == aggregate_of(set.key) &&
        set.event->aggregate_type == AggregateType::stock) {
      set_.insert(set.key);
      return;
    }
    violations_.add({.what = fmt::format("an event belongs to {} {}, which is neither part of an order nor stock",
                                         to_string(set.event->aggregate_type), set.event->aggregate.text()),
                     .rule = "an event that belongs to no order sets a stock",
                     .rows = Json::array({row_of(*set.event)})});
  }

  void check_stocks(const ClusterSnapshot& snapshot) {
    std::set<StockKey> without_row = set_;
    for (const Stock& stock : snapshot.stocks) {
      without_row.erase(stock.key);
      if (!snapshot.has_all_events || set_.count(stock.key) > 0) continue;
      violations_.add({.what = fmt::format("{} exists, but no event has set it", name_of(stock.key)),
                       .rule = "a stock is created by an event that sets it",
                       .rows = Json::array({row_of(stock)})});
    }
    for (const StockKey& key : without_row)
      violations_.add(
          {.what = fmt::format("an event sets {}, which has no row", name_of(key)),
           .rule = "every event that sets a stock belongs to one that has a row",
           .rows = Json::array({Json{{"table", "event_store"}, {"kind", to_string(key.kind)}, {"stock", key.id}}})});
  }

  // A completed step has left its payment or reservation.
  void check_steps(const FlowFacts& facts) {
    if (!facts.definition || !facts.definition->is_built_in()) return;
    for (const EventFacts& it : facts.events) {
      if (it.event->type != EventType::saga_step_completed || !it.step) continue;
      const std::string_view action = facts.definition->steps[*it.step].action;
      const auto kind = kind_reserved_by(action);
      if (action == "payment.charge" && facts.flow.payments.empty())
        add(facts, fmt::format("saga {} completed its payment step, but has no payment", facts.flow.order.id.text()),
            "a saga that has completed its payment step has a payment");
      if (kind && !has_reservation(facts.flow, *kind, it.execution))
        add(facts,
            fmt::format("saga {} completed its step {}, but has no reservation for it", facts.flow.order.id.text(),
                        it.step_name),
            "a saga that has completed a reserving step has a reservation");
    }
  }

  static bool has_reservation(const Flow& flow, StockKind kind, int execution) {
    return std::any_of(flow.reservations.begin(), flow.reservations.end(),
                       [&](const auto& it) { return it.kind == kind && it.execution == execution; });
  }

  static bool is_there(const Flow& flow, const AggregateFacts& aggregate) {
    if (aggregate.type == AggregateType::order || aggregate.type == AggregateType::saga)
      return aggregate.id == flow.order.id.uuid;
    if (aggregate.type == AggregateType::payment)
      return std::any_of(flow.payments.begin(), flow.payments.end(),
                         [&](const Payment& it) { return it.id.uuid == aggregate.id; });
    return std::any_of(flow.reservations.begin(), flow.reservations.end(), [&](const Reservation& it) {
      return it.id.uuid == aggregate.id && aggregate_type_of(it.kind) == aggregate.type;
    });
  }

  void check_events(const FlowFacts& facts) {
    const Flow& flow = facts.flow;
    for (const AggregateFacts& aggregate : facts.aggregates) {
      if (is_there(flow, aggregate)) continue;
      violations_.add({.what = fmt::format("an event belongs to {} {}, which has no row", to_string(aggregate.type),
                                           aggregate.id.text()),
                       .rule = "every event belongs to an order, saga, payment or reservation that has a row",
                       .rows = Json::array({row_of(*aggregate.events.front()->event)})});
    }
  }

  std::uint64_t orders_ = 0, sagas_ = 0, payments_ = 0, reservations_ = 0, events_ = 0;
  std::uint64_t stock_events_ = 0, events_in_all_ = 0;
  std::set<StockKey> set_;  // the stocks that events have set
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> counts_agree() {
  return std::make_unique<CountsAgree>();
}

}  // namespace sagactl

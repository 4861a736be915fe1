// Orders, sagas, payments, reservations, stock and events belong together, in both directions: none is there
// without its others.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

class CountsAgree final : public Check {
  static constexpr std::string_view name = "counts-agree";

 public:
  void see_stock_events(const std::vector<StockSetFacts>& events) override {
    stock_events_ = events.size();
    for (const StockSetFacts& set : events) look_at_stock_event(set);
  }

  void see(const FlowFacts& facts) override {
    orders_ += facts.has_order;
    sagas_ += facts.flow.saga.has_value();
    payments_ += facts.flow.payments.size();
    reservations_ += facts.flow.reservations.size();
    events_ += facts.events.size();
    look_at_order_and_saga(facts);
    for (const Payment& payment : facts.flow.payments) look_at_payment(facts, payment);
    for (const Reservation& reservation : facts.flow.reservations) look_at_reservation(facts, reservation);
    look_at_steps(facts);
    look_at_events(facts);
  }

  bool wants_events() const override { return true; }
  void see_event(const NodeName&, std::int64_t, Timestamp) override { ++events_in_all_; }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    if (snapshot.whole && events_in_all_ != events_ + stock_events_)
      violations_.add({.what = fmt::format("the event store has {}, of which {} belong to an order{}",
                                           counted(events_in_all_, "event"), grouped(events_),
                                           stock_events_ > 0
                                               ? fmt::format(" and {} to stock", grouped(stock_events_))
                                               : ""),
                       .rule = "every event belongs to an order or to stock, and is counted once"});
    if (snapshot.from_the_start)
      for (const Stock& stock : snapshot.stocks) look_at_stock(stock);
    std::string held = fmt::format("{}, {}, {}, ", counted(orders_, "order"), counted(sagas_, "saga"),
                                   counted(payments_, "payment"));
    if (reservations_ > 0 || !snapshot.stocks.empty())
      held += fmt::format("{}, {}, ", counted(reservations_, "reservation"),
                          counted(snapshot.stocks.size(), "stock"));
    return violations_.verdict(name, held + counted(events_ + stock_events_, "event"));
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

  void look_at_order_and_saga(const FlowFacts& facts) {
    const std::string id = facts.flow.order.id.text();
    const bool has_saga = facts.flow.saga.has_value();
    if (facts.has_order != has_saga) {
      add(facts,
          facts.has_order ? fmt::format("order {} has no saga", id) : fmt::format("saga {} has no order", id),
          "each order has one saga, and each saga one order");
      return;
    }
    const auto created = count(facts, EventType::order_created),
               started = count(facts, EventType::saga_started);
    if (created != (facts.has_order ? 1 : 0))
      add(facts, fmt::format("order {} has {} OrderCreated events", id, created),
          "each order row has one OrderCreated event");
    else if (started != (has_saga ? 1 : 0))
      add(facts, fmt::format("saga {} has {} SagaStarted events", id, started),
          "each saga row has one SagaStarted event");
  }

  void look_at_payment(const FlowFacts& facts, const Payment& payment) {
    const AggregateFacts* history = facts.find(AggregateType::payment, payment.id.uuid);
    const bool decided =
        payment.status != PaymentStatus::pending && payment.status != PaymentStatus::processing;
    if (decided == (history != nullptr)) return;
    violations_.add({.what = history ? fmt::format("payment {} is {}, but has {}", payment.id.text(),
                                                   to_string(payment.status),
                                                   counted(history->events.size(), "event"))
                                     : fmt::format("payment {} is {}, and no event tells of it",
                                                   payment.id.text(), to_string(payment.status)),
                     .rule = "a payment has events exactly when its outcome is known",
                     .rows = Json::array({row_of(payment)})});
  }

  void look_at_reservation(const FlowFacts& facts, const Reservation& reservation) {
    if (facts.find(aggregate_type_of(reservation.kind), reservation.id.uuid)) return;
    violations_.add({.what = fmt::format("reservation {} is {}, and has no event", reservation.id.text(),
                                         to_string(reservation.status)),
                     .rule = "a reservation is made with an event",
                     .rows = Json::array({row_of(reservation, facts.flow.order.id)})});
  }

  void look_at_stock_event(const StockSetFacts& set) {
    if (set.readable && set.event->aggregate == aggregate_of(set.key) &&
        set.event->aggregate_type == AggregateType::stock) {
      set_.insert(set.key);
      return;
    }
    violations_.add({.what = fmt::format("an event is of {} {}, and of no order and no stock",
                                         to_string(set.event->aggregate_type), set.event->aggregate.text()),
                     .rule = "an event that is of no order tells what stock was set to",
                     .rows = Json::array({row_of(*set.event)})});
  }

  void look_at_stock(const Stock& stock) {
    if (set_.count(stock.key) > 0) return;
    violations_.add({.what = fmt::format("{} is there, and no event has set it", name_of(stock.key)),
                     .rule = "stock is made by being set, with an event",
                     .rows = Json::array({row_of(stock)})});
  }

  // A step that is done has left what it makes.
  void look_at_steps(const FlowFacts& facts) {
    if (!facts.definition) return;
    for (const EventFacts& it : facts.events) {
      if (it.event->type != EventType::saga_step_completed || !it.step) continue;
      const std::string_view action = facts.definition->steps[*it.step].action;
      const auto kind = kind_reserved_by(action);
      if (action == "payment.charge" && facts.flow.payments.empty())
        add(facts, fmt::format("saga {} completed its payment and has none", facts.flow.order.id.text()),
            "a saga that has done its payment step has a payment");
      if (kind && !has_reservation(facts.flow, *kind, it.execution))
        add(facts,
            fmt::format("saga {} completed its step {} and has no such reservation",
                        facts.flow.order.id.text(), it.step_name),
            "a saga that has reserved has a reservation");
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

  void look_at_events(const FlowFacts& facts) {
    const Flow& flow = facts.flow;
    for (const AggregateFacts& aggregate : facts.aggregates) {
      if (is_there(flow, aggregate)) continue;
      violations_.add({.what = fmt::format("an event is of {} {}, which is not there",
                                           to_string(aggregate.type), aggregate.id.text()),
                       .rule = "every event is of an order, saga, payment or reservation that has a row",
                       .rows = Json::array({row_of(*aggregate.events.front()->event)})});
    }
  }

  std::uint64_t orders_ = 0, sagas_ = 0, payments_ = 0, reservations_ = 0, events_ = 0;
  std::uint64_t stock_events_ = 0, events_in_all_ = 0;
  std::set<StockKey> set_;  // the stocks that events tell of
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> counts_agree() {
  return std::make_unique<CountsAgree>();
}

}  // namespace sagactl

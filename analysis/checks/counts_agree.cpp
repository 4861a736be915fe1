// Orders, sagas, payments and events belong together, in both directions: none is there without its others.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/wording.hpp"

namespace sagactl {
namespace {

constexpr std::string_view name = "counts-agree";

class CountsAgree final : public Check {
 public:
  void see(const FlowFacts& facts) override {
    orders_ += facts.has_order;
    sagas_ += facts.flow.saga.has_value();
    payments_ += facts.flow.payments.size();
    events_ += facts.events.size();
    look_at_order_and_saga(facts);
    for (const Payment& payment : facts.flow.payments) look_at_payment(facts, payment);
    look_at_events(facts);
  }

  bool wants_events() const override { return true; }
  void see_event(const NodeName&, std::int64_t, Timestamp) override { ++events_in_all_; }

  Verdict finish(const Surroundings& surroundings) override {
    if (surroundings.whole && events_in_all_ != events_)
      violations_.add({.what = fmt::format("the event store has {}, of which {} belong to an order",
                                           counted(events_in_all_, "event"), grouped(events_)),
                       .rule = "every event belongs to an order, and is counted once"});
    return violations_.verdict(
        name, fmt::format("{}, {}, {}, {}", counted(orders_, "order"), counted(sagas_, "saga"),
                          counted(payments_, "payment"), counted(events_, "event")));
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

  void look_at_events(const FlowFacts& facts) {
    const Flow& flow = facts.flow;
    for (const AggregateFacts& aggregate : facts.aggregates) {
      bool known = aggregate.id == flow.order.id.uuid;
      if (aggregate.type == AggregateType::payment)
        known = std::any_of(flow.payments.begin(), flow.payments.end(),
                            [&](const Payment& payment) { return payment.id.uuid == aggregate.id; });
      if (known) continue;
      violations_.add({.what = fmt::format("an event is of {} {}, which is not there",
                                           to_string(aggregate.type), aggregate.id.text()),
                       .rule = "every event is of an order, saga or payment that has a row",
                       .rows = Json::array({row_of(*aggregate.events.front()->event)})});
    }
    const auto paid_steps = count(facts, EventType::saga_step_completed);
    if (paid_steps > 0 && flow.payments.empty())
      add(facts, fmt::format("saga {} completed steps and has no payment", flow.order.id.text()),
          "a saga that has done its payment step has a payment");
  }

  std::uint64_t orders_ = 0, sagas_ = 0, payments_ = 0, events_ = 0, events_in_all_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> counts_agree() {
  return std::make_unique<CountsAgree>();
}

}  // namespace sagactl

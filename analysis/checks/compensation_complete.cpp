// Verdict compensation-complete: in a compensated saga every step that was in effect is compensated once, in reverse
// order, and no other step is.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/checks/database_checks.hpp"
#include "analysis/checks/nested_lras.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

// Which steps are in effect, according to the events of one saga.
class StepsInEffect {
 public:
  StepsInEffect(const FlowFacts& facts, const SagaDefinition& definition)
      : flow_(facts.flow), definition_(definition), in_effect_(definition.steps.size(), false) {}

  // What is wrong with the event at this point; empty: nothing.
  std::string take(const EventFacts& facts);

 private:
  void restart();
  std::string undo(const EventFacts& facts);
  std::string end();
  // In a user's saga directly before: the steps in between have been undone already.
  bool comes_after(std::size_t later, std::size_t earlier) const {
    if (definition_.is_built_in()) return later > earlier;
    const std::vector<std::size_t> before = steps_before(definition_, later);
    return std::find(before.begin(), before.end(), earlier) != before.end();
  }
  bool has_compensation(std::size_t i) const { return !definition_.steps[i].compensation.empty(); }

  const Flow& flow_;
  const SagaDefinition& definition_;
  std::vector<bool> in_effect_;
  std::optional<std::size_t> in_doubt_;  // the step whose outcome was not known when the saga was given up
  bool compensated_ = false;             // and not restarted since
  int executions_ = 0;                   // how often it has started from its first step
};

// Steps without an event of their own are completed when the saga starts, unless their participant refused. A
// participant of an LRA may have worked before it joined.
void StepsInEffect::restart() {
  ++executions_;
  compensated_ = false;
  for (std::size_t i = 0; i < in_effect_.size(); ++i) {
    const bool refused = std::any_of(flow_.barriers.begin(), flow_.barriers.end(), [&](const Barrier& barrier) {
      return barrier.step == i && barrier.direction == Direction::action && barrier.execution == executions_ &&
             (barrier.blocked || !barrier.refusal.empty());
    });
    in_effect_[i] = definition_.lra || (!definition_.steps[i].listed && !refused);
  }
}

std::string StepsInEffect::undo(const EventFacts& facts) {
  if (!facts.step)
    return fmt::format("step '{}' was compensated, but the saga's definition has no such step", facts.step_name);
  const std::size_t step = *facts.step;
  // A step of a user's saga is undone also when no answer said whether it was done.
  if (!in_effect_[step] && in_doubt_ != step && definition_.is_built_in())
    return fmt::format("step {} was compensated although it was not in effect", facts.step_name);
  for (std::size_t later = 0; later < in_effect_.size(); ++later)
    if (in_effect_[later] && has_compensation(later) && comes_after(later, step))
      return fmt::format("step {} was compensated before the later step {}", facts.step_name,
                         definition_.steps[later].name);
  in_effect_[step] = false;
  in_doubt_.reset();
  return {};
}

std::string StepsInEffect::end() {
  for (std::size_t i = 0; i < in_effect_.size(); ++i)
    if (in_effect_[i] && has_compensation(i))
      return fmt::format("it ended as compensated while step {} was still in effect", definition_.steps[i].name);
  std::fill(in_effect_.begin(), in_effect_.end(), false);
  compensated_ = true;
  return {};
}

std::string StepsInEffect::take(const EventFacts& facts) {
  switch (facts.event->type) {
    case EventType::saga_started:
      restart();
      return {};
    case EventType::saga_retried:
      // A retry of the compensation compensates the step whose outcome was unknown.
      if (facts.direction != Direction::compensation) in_doubt_.reset();
      if (compensated_) restart();
      return {};
    case EventType::saga_step_completed:
      if (facts.step) in_effect_[*facts.step] = true;
      return {};
    case EventType::saga_failed:
      if (facts.step) in_doubt_ = facts.step;
      return {};
    case EventType::saga_step_compensated:
      return undo(facts);
    case EventType::saga_compensated:
      return end();
    case EventType::saga_completed:
    case EventType::saga_compensating:
    case EventType::saga_compensation_failed:
    case EventType::order_created:
    case EventType::order_cancelled:
    case EventType::order_confirmed:
    case EventType::order_status_changed:
    case EventType::payment_processed:
    case EventType::payment_failed:
    case EventType::payment_refunded:
    case EventType::payment_charged_late:
    case EventType::payment_refund_failed:
    case EventType::stock_reserved:
    case EventType::stock_refused:
    case EventType::stock_confirmed:
    case EventType::stock_released:
    case EventType::stock_set:
    case EventType::notification_sent:
      return {};
  }
  return {};
}

class CompensationComplete final : public Check {
  static constexpr std::string_view name = "compensation-complete";

 public:
  void on_flow(const FlowFacts& facts) override {
    if (!facts.flow.saga || !facts.definition) return;
    const Saga& saga = *facts.flow.saga;
    nested_.take(saga);
    compensated_ += saga.status == SagaStatus::compensated;
    if (!check_events(facts)) return;
    if (saga.status == SagaStatus::compensated) check_rows(facts);
  }

  Verdict finish(const ClusterSnapshot&) override {
    for (const NestedLras::Nested& it : nested_.not_compensated())
      violations_.add({.what = fmt::format("LRA {} is {}, and {}, in which it is nested, is compensated", it.id.text(),
                                           to_string(it.status), it.parent.text()),
                       .rule = "a nested LRA is compensated with its parent, also when it was closed",
                       .rows = Json::array({nested_row(it)})});
    return violations_.verdict(name, fmt::format("{}: each step compensated once, in reverse order",
                                                 count_of(compensated_, "compensated saga")));
  }

 private:
  static Json nested_row(const NestedLras::Nested& it) {
    return Json{{"table", "saga_instances"}, {"id", it.id.text()}, {"status", to_string(it.status)}};
  }

  void add(const FlowFacts& facts, const std::string& what, const EventFacts* event, Json row = nullptr) {
    Json rows = Json::array({row_of(*facts.flow.saga, facts.definition)});
    if (event)
      rows.push_back(row_of(*event->event));
    else if (!row.is_null())
      rows.push_back(std::move(row));
    else if (facts.has_order)
      rows.push_back(row_of(facts.flow.order));
    violations_.add({.what = fmt::format("saga {}: {}", facts.flow.saga->id.text(), what),
                     .rule = "every completed step is compensated once, in reverse order, and no other step is",
                     .rows = rows});
  }

  bool check_events(const FlowFacts& facts) {
    const AggregateFacts* history = facts.saga_events();
    if (!history) return true;
    StepsInEffect effects(facts, *facts.definition);
    for (const EventFacts* event : history->events) {
      const std::string wrong = effects.take(*event);
      if (wrong.empty()) continue;
      add(facts, wrong, event);
      return false;
    }
    return true;
  }

  void check_rows(const FlowFacts& facts) {
    const Saga& saga = *facts.flow.saga;
    for (std::size_t i = 0; i < saga.steps.size() && i < facts.definition->steps.size(); ++i) {
      const StepStatus status = saga.steps[i].status;
      const bool was_begun = status != StepStatus::pending && status != StepStatus::failed;
      const bool is_to_be_undone = facts.definition->lra && !facts.definition->steps[i].compensation.empty();
      if (status == StepStatus::compensated || !(was_begun || is_to_be_undone)) continue;
      add(facts,
          fmt::format("it ended as compensated, but its step {} is {}", facts.definition->steps[i].name,
                      to_string(status)),
          nullptr);
      return;
    }
    if (facts.has_order && is_live(facts.flow.order.status)) {
      add(facts, fmt::format("it ended as compensated, but its order is {}", to_string(facts.flow.order.status)),
          nullptr);
      return;
    }
    for (const Reservation& it : facts.flow.reservations) {
      if (it.status != ReservationStatus::reserved && it.status != ReservationStatus::confirmed) continue;
      add(facts,
          fmt::format("it ended as compensated, but its reservation of {} is {}",
                      it.lines.empty() ? "nothing" : name_of({it.kind, it.lines.front().stock}), to_string(it.status)),
          nullptr, row_of(it, facts.flow.order.id));
      return;
    }
  }

  std::uint64_t compensated_ = 0;
  NestedLras nested_;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> compensation_complete() {
  return std::make_unique<CompensationComplete>();
}

}  // namespace sagactl

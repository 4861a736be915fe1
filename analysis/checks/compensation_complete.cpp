// In a saga that was compensated, each step that was in effect is undone once, the last first, and no other.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

// Which steps are in effect, as the events of one saga tell it.
class Effects {
 public:
  Effects(const FlowFacts& facts, const SagaDefinition& definition)
      : flow_(facts.flow), definition_(definition), in_effect_(definition.steps.size(), false) {}

  // What is wrong with the event at this point; empty: nothing.
  std::string take(const EventFacts& facts);

 private:
  void begin_anew();
  std::string undo(const EventFacts& facts);
  std::string end();
  bool has_compensation(std::size_t i) const { return !definition_.steps[i].compensation.empty(); }

  const Flow& flow_;
  const SagaDefinition& definition_;
  std::vector<bool> in_effect_;
  std::optional<std::size_t> in_doubt_;  // the step whose outcome was not known when the saga was given up
  bool undone_ = false;                  // it was compensated and not begun again
  int lives_ = 0;                        // times that it has begun from its first step
};

// The steps that have no event of their own are done by the saga's beginning, unless their participant
// refused.
void Effects::begin_anew() {
  ++lives_;
  undone_ = false;
  for (std::size_t i = 0; i < in_effect_.size(); ++i) {
    const bool refused =
        std::any_of(flow_.barriers.begin(), flow_.barriers.end(), [&](const Barrier& barrier) {
          return barrier.step == i && barrier.direction == Direction::action && barrier.execution == lives_ &&
                 (barrier.blocked || !barrier.refusal.empty());
        });
    in_effect_[i] = !definition_.steps[i].listed && !refused;
  }
}

std::string Effects::undo(const EventFacts& facts) {
  if (!facts.step)
    return fmt::format("a step '{}' was undone, which the saga does not have", facts.step_name);
  const std::size_t step = *facts.step;
  if (!in_effect_[step] && in_doubt_ != step)
    return fmt::format("step {} was undone while it was not in effect", facts.step_name);
  for (std::size_t later = step + 1; later < in_effect_.size(); ++later)
    if (in_effect_[later] && has_compensation(later))
      return fmt::format("step {} was undone before the later step {}", facts.step_name,
                         definition_.steps[later].name);
  in_effect_[step] = false;
  in_doubt_.reset();
  return {};
}

std::string Effects::end() {
  for (std::size_t i = 0; i < in_effect_.size(); ++i)
    if (in_effect_[i] && has_compensation(i))
      return fmt::format("it ended as compensated with step {} still in effect", definition_.steps[i].name);
  std::fill(in_effect_.begin(), in_effect_.end(), false);
  undone_ = true;
  return {};
}

std::string Effects::take(const EventFacts& facts) {
  switch (facts.event->type) {
    case EventType::saga_started:
      begin_anew();
      return {};
    case EventType::saga_retried:
      // A retry that goes on back undoes the step whose outcome was not known.
      if (facts.direction != Direction::compensation) in_doubt_.reset();
      if (undone_) begin_anew();
      return {};
    case EventType::saga_step_completed:
      if (facts.step) in_effect_[*facts.step] = true;
      return {};
    case EventType::saga_failed:
      in_doubt_ = facts.step;
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
  void see(const FlowFacts& facts) override {
    if (!facts.flow.saga || !facts.definition) return;
    const Saga& saga = *facts.flow.saga;
    undone_ += saga.status == SagaStatus::compensated;
    if (!look_at_events(facts)) return;
    if (saga.status == SagaStatus::compensated) look_at_rows(facts);
  }

  Verdict finish(const ClusterSnapshot&) override {
    return violations_.verdict(name, fmt::format("{} undone, each step once and the last first",
                                                 counted(undone_, "compensated saga")));
  }

 private:
  void add(const FlowFacts& facts, const std::string& what, const EventFacts* event, Json row = nullptr) {
    Json rows = Json::array({row_of(*facts.flow.saga, facts.definition)});
    if (event)
      rows.push_back(row_of(*event->event));
    else if (!row.is_null())
      rows.push_back(std::move(row));
    else if (facts.has_order)
      rows.push_back(row_of(facts.flow.order));
    violations_.add({.what = fmt::format("saga {}: {}", facts.flow.saga->id.text(), what),
                     .rule = "what was done is undone once, in reverse order, and nothing else is",
                     .rows = rows});
  }

  bool look_at_events(const FlowFacts& facts) {
    const AggregateFacts* history = facts.saga_events();
    if (!history) return true;
    Effects effects(facts, *facts.definition);
    for (const EventFacts* event : history->events) {
      const std::string wrong = effects.take(*event);
      if (wrong.empty()) continue;
      add(facts, wrong, event);
      return false;
    }
    return true;
  }

  void look_at_rows(const FlowFacts& facts) {
    const Saga& saga = *facts.flow.saga;
    for (std::size_t i = 0; i < saga.steps.size() && i < facts.definition->steps.size(); ++i) {
      const StepStatus status = saga.steps[i].status;
      if (status == StepStatus::pending || status == StepStatus::failed || status == StepStatus::compensated)
        continue;
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
                      it.lines.empty() ? "nothing" : name_of({it.kind, it.lines.front().stock}),
                      to_string(it.status)),
          nullptr, row_of(it, facts.flow.order.id));
      return;
    }
  }

  std::uint64_t undone_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> compensation_complete() {
  return std::make_unique<CompensationComplete>();
}

}  // namespace sagactl

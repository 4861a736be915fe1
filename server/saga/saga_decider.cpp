#include "server/saga/saga_decider.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

const RetryPolicy& policy_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.retry : step.compensation_retry;
}

}  // namespace

Result<SagaDecision> SagaDecider::finish() {
  saga().updated_at = moment_.now;
  saga().owner = Owner{moment_.node, moment_.epoch};
  if (is_terminal(saga().status)) saga().wake_at.reset();
  return std::move(out_);
}

// The members that every event of a saga begins with.
JsonObject SagaDecider::event_data() const {
  const std::string id = out_.saga.id.text();
  JsonObject data;
  data.add("sagaId", id).add("sagaType", out_.saga.type).add("orderId", id);
  return data;
}

void SagaDecider::add_event(EventType type, JsonObject data, const std::string& by) {
  Event event;
  event.metadata = requested_by(by);
  event.type = type;
  event.aggregate_type = AggregateType::saga;
  event.aggregate = saga().id.uuid;
  event.version = ++saga().version;
  event.order = order_of(saga().id);
  event.data = data.take();
  event.correlation = saga().correlation;
  out_.events.push_back(std::move(event));
}

// Gives a step a status in which it is not in progress.
void SagaDecider::end_step(std::size_t i, StepStatus status) {
  step(i).status = status;
  step(i).in_doubt = false;
  step(i).ended_at = moment_.now;
  step(i).node = moment_.node;
  saga().wake_at.reset();
}

void SagaDecider::issue_call(std::size_t i, Direction direction) {
  StepState& s = step(i);
  const bool ask_first = s.in_doubt;
  ++s.tries;
  s.in_doubt = true;
  s.node = moment_.node;
  saga().wake_at = moment_.now + step_definition(i).timeout;
  out_.calls.push_back(StepCall{saga().id, i, direction, s.execution, s.tries, ask_first, s.began_at});
}

void SagaDecider::start_step(std::size_t i, Direction direction) {
  StepState& s = step(i);
  s.status = direction == Direction::action ? StepStatus::running : StepStatus::compensating;
  s.execution = std::max(s.execution, 1);
  s.tries = 0;
  s.began_at = moment_.now;
  s.error.clear();
  // An action that starts has not been tried in this execution. A compensation that starts may undo an action that is
  // still in doubt: then the participant has to ask first.
  if (direction == Direction::action) s.in_doubt = false;
  issue_call(i, direction);
}

// Restarts the tries of the step in progress, with a fresh budget.
void SagaDecider::restart_calls(std::size_t i, Direction direction) {
  step(i).tries = 0;
  step(i).began_at = moment_.now;
  issue_call(i, direction);
}

bool SagaDecider::has_budget(std::size_t i, Direction direction) {
  if (moment_.now - step(i).began_at >= policy_of(step_definition(i), direction).budget) return false;
  if (direction == Direction::compensation || is_past_pivot(i)) return true;
  const Timestamp began = saga().retries.empty() ? saga().created_at : saga().retries.back().at;
  return moment_.now - began < definition_.timeout;
}

void SagaDecider::schedule_next_try(std::size_t i, Direction direction) {
  saga().wake_at = moment_.now + backoff(policy_of(step_definition(i), direction), step(i).tries, moment_.entropy);
}

void SagaDecider::call_again_or_wait(std::size_t i, Direction direction, const Unavailable* answer) {
  if (answer && answer->again_now)
    issue_call(i, direction);
  else
    schedule_next_try(i, direction);
}

void SagaDecider::advance() {
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    if (step(i).status == StepStatus::succeeded) continue;
    start_step(i, Direction::action);
    return;
  }
  saga().status = SagaStatus::completed;
  saga().error.clear();
  add_event(EventType::saga_completed, event_data());
}

void SagaDecider::enter_compensating(const std::string& reason, const std::string& by) {
  saga().status = SagaStatus::compensating;
  saga().error = reason;
  saga().requires_manual_intervention = false;
  add_event(EventType::saga_compensating, event_data().add("reason", reason), by);
}

void SagaDecider::start_compensation(const std::string& reason, const std::string& by) {
  enter_compensating(reason, by);
  roll_back();
}

// Compensates the last step that is in effect, or ends the saga when there is none. While an action is in doubt, its
// answer is awaited.
void SagaDecider::roll_back() {
  for (std::size_t i = saga().steps.size(); i-- > 0;) {
    StepState& s = step(i);
    if (s.status == StepStatus::running) {
      if (s.in_doubt) return;
      end_step(i, StepStatus::failed);
    }
    if (s.status == StepStatus::compensating) {
      restart_calls(i, Direction::compensation);
      return;
    }
    if (s.status != StepStatus::succeeded) continue;
    if (!step_definition(i).compensation.empty()) {
      start_step(i, Direction::compensation);
      return;
    }
    end_step(i, StepStatus::compensated);
  }
  saga().status = SagaStatus::compensated;
  add_event(EventType::saga_compensated, event_data().add("reason", saga().error));
}

// Ends the saga in its present step: it requires manual intervention.
void SagaDecider::fail_saga(std::size_t i, Direction direction, const std::string& reason) {
  saga().status = SagaStatus::failed;
  saga().error = fmt::format("{} of {} failed: {}", to_string(direction), step_definition(i).name, reason);
  saga().requires_manual_intervention = true;
  const EventType type = direction == Direction::action ? EventType::saga_failed : EventType::saga_compensation_failed;
  add_event(type, event_data()
                      .add("step", step_definition(i).name)
                      .add("attempt", step(i).execution)
                      .add("reason", reason)
                      .add("requiresManualIntervention", true));
}

// The step has used up its budget. A saga that was compensating continues to compensate when an operator retries it:
// the step, which may be in effect, is then undone and never done.
void SagaDecider::exhaust_budget(std::size_t i, Direction direction, const std::string& reason) {
  if (direction == Direction::compensation || step(i).in_doubt || is_past_pivot(i)) {
    const bool is_compensating = saga().status == SagaStatus::compensating;
    if (is_compensating && step_definition(i).compensation.empty()) {
      end_step(i, StepStatus::compensated);
      roll_back();
      return;
    }
    fail_saga(i, direction, reason);
    if (is_compensating) step(i).status = StepStatus::compensating;
    return;
  }
  end_step(i, StepStatus::failed);
  start_compensation(reason);
}

void SagaDecider::on_action_reply(std::size_t i, const Outcome& outcome) {
  StepState& s = step(i);
  const bool is_compensating = saga().status == SagaStatus::compensating;
  if (std::holds_alternative<Succeeded>(outcome)) {
    s.error.clear();
    end_step(i, StepStatus::succeeded);
    if (step_definition(i).listed)
      add_event(EventType::saga_step_completed,
                event_data().add("step", step_definition(i).name).add("attempt", s.execution));
    if (is_compensating)
      roll_back();
    else if (saga().status == SagaStatus::started)
      advance();
    return;
  }
  if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome)) {
    s.error = unknown->reason;
    if (saga().status == SagaStatus::failed) return;
    if (has_budget(i, Direction::action))
      schedule_next_try(i, Direction::action);
    else
      exhaust_budget(i, Direction::action, unknown->reason);
    return;
  }
  if (const auto* awaited = std::get_if<Awaited>(&outcome); awaited && !is_compensating) {
    s.in_doubt = false;
    s.error = awaited->reason;
    saga().wake_at = s.began_at + step_definition(i).retry.budget;
    return;
  }
  const auto* refused = std::get_if<Refused>(&outcome);
  const auto* unavailable = std::get_if<Unavailable>(&outcome);
  s.in_doubt = false;
  s.error = reason_of(outcome);
  const std::string reason = s.error;
  if (saga().status == SagaStatus::failed) return;
  if (is_compensating) {
    end_step(i, StepStatus::failed);
    roll_back();
  } else if (refused && !is_past_pivot(i)) {
    end_step(i, StepStatus::failed);
    start_compensation(reason);
  } else if (has_budget(i, Direction::action)) {
    call_again_or_wait(i, Direction::action, unavailable);
  } else {
    exhaust_budget(i, Direction::action, reason);
  }
}

void SagaDecider::on_compensation_reply(std::size_t i, const Outcome& outcome) {
  StepState& s = step(i);
  if (std::holds_alternative<Succeeded>(outcome)) {
    s.error.clear();
    end_step(i, StepStatus::compensated);
    add_event(EventType::saga_step_compensated, event_data()
                                                    .add("step", step_definition(i).name)
                                                    .add("compensation", step_definition(i).compensated_as)
                                                    .add("attempt", s.execution));
    if (saga().status == SagaStatus::compensating) roll_back();
    return;
  }
  s.error = reason_of(outcome);
  if (!std::holds_alternative<UnknownOutcome>(outcome)) s.in_doubt = false;
  if (saga().status == SagaStatus::failed) return;
  const std::string reason = s.error;
  if (!std::holds_alternative<Refused>(outcome) && has_budget(i, Direction::compensation))
    call_again_or_wait(i, Direction::compensation, std::get_if<Unavailable>(&outcome));
  else
    fail_saga(i, Direction::compensation, reason);
}

}  // namespace sagactl

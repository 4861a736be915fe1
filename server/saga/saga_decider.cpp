#include "server/saga/saga_decider.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

const RetryPolicy& policy_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.retry : step.compensation_retry;
}

// The budget, or a year for one without a limit, so that it can be added to a time.
Duration budget_of(const StepDefinition& step, Direction direction) {
  return std::min<Duration>(policy_of(step, direction).budget, 8760h);
}

}  // namespace

// Whether the steps that it comes after have all succeeded.
bool SagaDecider::is_ready(std::size_t i) {
  const auto has_succeeded = [this](std::size_t before) { return step(before).status == StepStatus::succeeded; };
  const auto& after = step_definition(i).after;
  if (!after) return i == 0 || has_succeeded(i - 1);
  return std::all_of(after->begin(), after->end(), has_succeeded);
}

Result<SagaDecision> SagaDecider::finish() {
  if (is_lra()) settle_lra();
  saga().updated_at = moment_.now;
  saga().owner = Owner{moment_.node, moment_.epoch};
  set_wake_at();
  return std::move(out_);
}

bool SagaDecider::is_held_by_pivot() {
  const std::size_t i = definition_.pivot;
  if (!is_own() || i >= saga().steps.size() || has_undo(i)) return false;
  return step(i).status == StepStatus::running && (step(i).calling || step(i).in_doubt);
}

// By when a user's saga has to reach its pivot, or its end if it has none.
std::optional<Timestamp> SagaDecider::deadline() {
  if (!is_own() || definition_.timeout == Duration::max()) return std::nullopt;
  if (saga().status != SagaStatus::started || has_passed_pivot() || is_held_by_pivot()) return std::nullopt;
  return forward_since(saga()) + definition_.timeout;
}

std::string SagaDecider::deadline_reason() const {
  if (definition_.protocol == Protocol::dtm) return fmt::format("Timeout after {} seconds", definition_.timeout / 1s);
  return fmt::format("not finished within {}", format_duration(definition_.timeout));
}

// One durable timer for all steps in progress.
void SagaDecider::set_wake_at() {
  saga().wake_at.reset();
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    StepState& s = step(i);
    if (!is_in_progress(s) || is_terminal(saga().status)) s.wake_at.reset();
    // It was called before the saga failed, and its answer may be lost since then.
    else if (s.calling && !s.wake_at)
      s.wake_at = moment_.now + definition_.steps[i].timeout;
    if (s.wake_at && (!saga().wake_at || *s.wake_at < *saga().wake_at)) saga().wake_at = s.wake_at;
  }
  if (const auto limit = deadline(); limit && (!saga().wake_at || *limit < *saga().wake_at)) saga().wake_at = limit;
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
  StepState& s = step(i);
  s.status = status;
  s.in_doubt = s.calling = false;
  s.location.clear();
  s.ended_at = moment_.now;
  s.node = moment_.node;
  s.wake_at.reset();
}

// A wait and a sleep call nobody, unless the end of the wait is asked for.
void SagaDecider::issue_call(std::size_t i, Direction direction, Question question) {
  StepState& s = step(i);
  const StepDefinition& definition = step_definition(i);
  s.node = moment_.node;
  const bool waits = definition.only_waits();
  const bool ask_only = question == Question::only;
  if (waits && !ask_only) {
    s.wake_at.reset();
    if (definition.waits != Duration::max()) s.wake_at = s.began_at + definition.waits;
    return;
  }
  const bool ask_first = s.in_doubt && question != Question::none;
  ++s.tries;
  (is_own() ? s.calling : s.in_doubt) = true;
  s.wake_at = moment_.now + definition.timeout;
  out_.calls.push_back(StepCall{saga().id, i, direction, s.execution, s.tries, ask_first, ask_only, s.began_at});
}

// Stops waiting for the answer to the call in progress.
void SagaDecider::give_up_call(std::size_t i) {
  StepState& s = step(i);
  s.in_doubt |= s.calling && step_definition(i).kind == StepKind::call;
  s.calling = false;
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
  s.calling = false;
  s.location.clear();
  issue_call(i, direction);
}

// Restarts the tries of the step in progress, with a fresh budget.
void SagaDecider::restart_calls(std::size_t i, Direction direction) {
  if (step_definition(i).only_waits()) {
    if (step_definition(i).waits != Duration::max() && step(i).began_at + step_definition(i).waits <= moment_.now)
      step(i).began_at = moment_.now;  // it was over
    issue_call(i, direction);
    return;
  }
  give_up_call(i);
  // It was stopped before it was asked for what its undo needs (keep_going_back).
  const bool is_to_be_asked = direction == Direction::compensation && step(i).tries == 0 && step(i).in_doubt &&
                              step(i).kept.empty() && may_ask(i) && !is_undone_by_key(i);
  step(i).tries = 0;
  step(i).began_at = moment_.now;
  if (is_to_be_asked) {
    step(i).status = StepStatus::running;
    issue_call(i, Direction::action, Question::only);
    return;
  }
  issue_call(i, direction);
}

bool SagaDecider::has_budget(std::size_t i, Direction direction) {
  if (moment_.now - step(i).began_at >= policy_of(step_definition(i), direction).budget) return false;
  if (direction == Direction::compensation || is_past_pivot(i) || is_held_by_pivot()) return true;
  return moment_.now - forward_since(saga()) < definition_.timeout;
}

void SagaDecider::schedule_next_try(std::size_t i, Direction direction) {
  step(i).wake_at = moment_.now + backoff(policy_of(step_definition(i), direction), step(i).tries, moment_.entropy);
}

void SagaDecider::call_again_or_wait(std::size_t i, Direction direction, const Unavailable* answer) {
  if (answer) step(i).location.clear();
  if (answer && answer->again_now) {
    issue_call(i, direction, unknown_call_ == i ? Question::none : Question::before_call_in_doubt);
    return;
  }
  schedule_next_try(i, direction);
  if (!answer || answer->at_least <= Duration{}) return;
  const Timestamp last = std::max(moment_.now, end_of_budget(i, direction));
  step(i).wake_at = std::max(*step(i).wake_at, std::min(moment_.now + answer->at_least, last));
}

Timestamp SagaDecider::end_of_budget(std::size_t i, Direction direction) {
  return step(i).began_at + budget_of(step_definition(i), direction);
}

// Whether a step whose outcome is unknown is asked about before it is undone. After the budget of its tries there is as
// much time again as an undo has, since the undo may need values that only the answer contains.
bool SagaDecider::may_ask(std::size_t i) {
  const ParticipantStep* call = step_definition(i).call.get();
  if (!call || !call->ask || call->undo_refused) return false;
  return moment_.now < end_of_budget(i, Direction::action) + budget_of(step_definition(i), Direction::compensation);
}

void SagaDecider::advance() {
  if (is_lra()) return settle_lra();
  bool is_complete = true;
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    if (step(i).status == StepStatus::succeeded) continue;
    is_complete = false;
    if (!is_in_progress(step(i)) && is_ready(i)) start_step(i, Direction::action);
  }
  if (!is_complete) return;
  saga().status = SagaStatus::completed;
  saga().error.clear();
  add_event(EventType::saga_completed, event_data());
}

}  // namespace sagactl

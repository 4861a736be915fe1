#include "server/saga/saga_decider.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/saga/lra_view.hpp"

namespace sagactl {
namespace {

bool may_need_undo(const StepState& step) {
  return step.status == StepStatus::running || step.status == StepStatus::succeeded ||
         step.status == StepStatus::compensating;
}

constexpr std::string_view refused_prefix = R"({"refused":)";  // of what is kept of a refusal

const RetryPolicy& policy_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.retry : step.compensation_retry;
}

// A time that is added to others: of a budget without an end, a year.
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

// The steps that are not undone yet because one that comes after them is in effect or may be.
SagaDecider::StepSet SagaDecider::held_steps() {
  StepSet held;
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    if (!may_need_undo(step(i))) continue;
    if (const auto& after = step_definition(i).after)
      for (const std::size_t before : *after) held.set(before);
    else if (i > 0)
      held.set(i - 1);
  }
  return held;
}

Result<SagaDecision> SagaDecider::finish() {
  if (is_lra()) settle_lra();
  saga().updated_at = moment_.now;
  saga().owner = Owner{moment_.node, moment_.epoch};
  set_wake_at();
  return std::move(out_);
}

// By when a user's saga has to reach its pivot, or its end if it has none.
std::optional<Timestamp> SagaDecider::deadline() {
  if (!is_own() || definition_.timeout == Duration::max()) return std::nullopt;
  if (saga().status != SagaStatus::started || has_passed_pivot()) return std::nullopt;
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

// The answer to the call in progress is waited for no longer.
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
  step(i).tries = 0;
  step(i).began_at = moment_.now;
  issue_call(i, direction);
}

bool SagaDecider::has_budget(std::size_t i, Direction direction) {
  if (moment_.now - step(i).began_at >= policy_of(step_definition(i), direction).budget) return false;
  if (direction == Direction::compensation || is_past_pivot(i)) return true;
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

// Whether a step that is not known is asked about before it is undone. Once the time for its tries is over there is as
// much again as for an undo, which may need what only the answer to the question brings.
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

void SagaDecider::enter_compensating(const std::string& reason, const std::string& by) {
  saga().status = SagaStatus::compensating;
  saga().error = reason;
  saga().requires_manual_intervention = false;
  add_event(EventType::saga_compensating, event_data().add("reason", reason), by);
}

void SagaDecider::start_compensation(const std::string& reason, const std::string& by) {
  enter_compensating(reason, by);
  roll_back(true);
}

// Compensates the steps that are in effect, each before those that it came after, or ends the saga when there is none.
// While an action is in progress, its answer is awaited. `at_once`: the compensations in progress are called again, and
// steps that are not known are asked about without waiting for their time.
void SagaDecider::roll_back(bool at_once) {
  if (is_lra() && at_once) retry_given_up();
  if (is_lra()) return settle_lra();
  bool is_done = true;
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    is_done = true;
    const StepSet held = held_steps();
    for (std::size_t i = saga().steps.size(); i-- > 0;) {
      if (!may_need_undo(step(i))) continue;
      if (!held[i] && compensate_step(i, at_once))
        has_changed = true;
      else
        is_done = false;
    }
    at_once = false;
  }
  if (!is_done) return;
  saga().status = SagaStatus::compensated;
  add_event(EventType::saga_compensated, event_data().add("reason", saga().error));
}

// True: the step is not in effect, and nothing has to be waited for.
bool SagaDecider::compensate_step(std::size_t i, bool at_once) {
  StepState& s = step(i);
  const ParticipantStep* call = step_definition(i).call.get();
  if (s.status == StepStatus::running) {
    const bool is_called = is_own() ? s.calling && step_definition(i).kind == StepKind::call : s.in_doubt;
    if (is_called) return false;
    const bool has_begun = s.tries > 0 && call && call->undo_refused;
    if (!s.in_doubt && !has_begun) {
      end_step(i, StepStatus::failed);
      return true;
    }
    if (may_ask(i) && unknown_call_ != i) {
      if (at_once || !s.wake_at) issue_call(i, Direction::action, Question::only);
      return false;
    }
  }
  if (s.status == StepStatus::compensating) {
    // Without a time it has not been called since the saga failed: a later step held it.
    if (at_once || (is_own() && !s.wake_at)) restart_calls(i, Direction::compensation);
    return false;
  }
  if (!has_undo(i)) {
    end_step(i, StepStatus::compensated);
    return true;
  }
  start_step(i, Direction::compensation);
  return false;
}

// Whether it was answered that the step is done, in its present execution.
bool SagaDecider::is_known_done(std::size_t i) {
  if (is_lra()) return step(i).kept == "{}";
  const ParticipantStep* call = step_definition(i).call.get();
  const bool was_refused = call && call->undo_refused && step(i).kept.starts_with(refused_prefix);
  return !step(i).kept.empty() && !was_refused;
}

// Whether there is an undo that needs nothing of what the step keeps.
bool SagaDecider::is_undone_by_key(std::size_t i) {
  const ParticipantStep* call = step_definition(i).call.get();
  if (!call || !call->undo) return false;
  const auto is_kept = [&](const ValuePath& path) { return path.members.front() == step_definition(i).name; };
  const auto needs_kept = [&](const TextTemplate& text) {
    const std::vector<ValuePath> values = values_of(text);
    return std::any_of(values.begin(), values.end(), is_kept);
  };
  return !needs_kept(call->undo->url) && !needs_kept(call->undo->body);
}

// It was done after it had been undone, or after it was recorded as without effect. While the saga needs a person, that
// person's retry undoes it.
void SagaDecider::undo_late_step(std::size_t i, const Succeeded& done) {
  StepState& s = step(i);
  s.kept = done.kept.empty() ? "{}" : done.kept;
  if (s.status != StepStatus::failed) ++s.undo_round;
  const std::string what = fmt::format("{} was done after it had been undone", step_definition(i).name);
  if (saga().status == SagaStatus::failed) {
    s.status = StepStatus::compensating;
    s.tries = 0;
    s.began_at = moment_.now;
    s.error = what;
    s.calling = false;
    s.location.clear();
    return;
  }
  if (saga().status == SagaStatus::compensated) enter_compensating(what);
  start_step(i, Direction::compensation);
}

// Ends the saga in its present step: it requires manual intervention.
void SagaDecider::fail_saga(std::size_t i, Direction direction, const std::string& reason) {
  if (is_lra() && !is_given_up(saga(), i)) return give_up(i, reason);
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
  const bool is_compensating = saga().status == SagaStatus::compensating;
  if (is_own() && direction == Direction::action && (is_compensating || !is_past_pivot(i))) {
    // Unknown, so it is undone.
    give_up_call(i);
    if (!step(i).in_doubt) end_step(i, StepStatus::failed);
    const auto limit = deadline();
    is_compensating ? roll_back() : start_compensation(limit && *limit <= moment_.now ? deadline_reason() : reason);
    return;
  }
  if (direction == Direction::compensation || step(i).in_doubt || is_past_pivot(i)) {
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
  if (is_lra() && take_failure(i, Direction::action, outcome)) return;
  StepState& s = step(i);
  const bool is_compensating = saga().status == SagaStatus::compensating;
  const bool is_call = step_definition(i).kind == StepKind::call;
  s.calling = false;
  if (const auto* succeeded = std::get_if<Succeeded>(&outcome)) {
    s.error.clear();
    s.kept = succeeded->kept;
    if (s.kept.empty() && step_definition(i).kind == StepKind::call) s.kept = "{}";
    end_step(i, StepStatus::succeeded);
    if (step_definition(i).listed)
      add_event(EventType::saga_step_completed,
                event_data().add("step", step_definition(i).name).add("attempt", s.execution), by_);
    if (is_compensating)
      roll_back();
    else if (saga().status == SagaStatus::started)
      advance();
    return;
  }
  if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome)) {
    s.error = unknown->reason;
    if (is_own()) s.in_doubt = is_call;
    if (saga().status == SagaStatus::failed) return;
    if (is_own() && is_compensating)
      may_ask(i) ? schedule_next_try(i, Direction::action) : roll_back();
    else if (has_budget(i, Direction::action))
      schedule_next_try(i, Direction::action);
    else
      exhaust_budget(i, Direction::action, unknown->reason);
    return;
  }
  if (const auto* awaited = std::get_if<Awaited>(&outcome); awaited && !is_compensating) {
    s.in_doubt = false;
    s.error = awaited->reason;
    s.wake_at = s.began_at + step_definition(i).retry.budget;
    return;
  }
  if (const auto* accepted = std::get_if<Accepted>(&outcome)) {
    if (is_own()) s.in_doubt = is_call;
    wait_for_accepted(i, Direction::action, *accepted);
    if (is_compensating) roll_back();
    return;
  }
  const auto* refused = std::get_if<Refused>(&outcome);
  const auto* unavailable = std::get_if<Unavailable>(&outcome);
  const bool is_unknown_there = unavailable && unavailable->again_now && s.location.empty();
  // That this call did nothing says nothing of an earlier one. That a participant does not know the earlier one says
  // that it has not come yet: it may wait in a queue, of another node or on the way. So the step is called again with
  // the same key, or undone, which keeps a late call from taking effect. An undo that has to name what the call would
  // have brought cannot be called.
  if (!is_own() || refused || (is_unknown_there && (is_lra() || (is_compensating && !is_undone_by_key(i)))))
    s.in_doubt = false;
  if (is_unknown_there) unknown_call_ = i;
  s.error = reason_of(outcome);
  const std::string reason = s.error;
  if (saga().status == SagaStatus::failed) return;
  const ParticipantStep* call = step_definition(i).call.get();
  const bool is_undone = call && call->undo_refused;  // then roll_back() undoes what was refused
  if (is_undone && refused) s.kept = JsonObject().add("refused", reason).take();
  if (is_compensating) {
    if (!is_undone && !s.in_doubt && !is_lra()) end_step(i, StepStatus::failed);
    roll_back();
  } else if (refused && !is_past_pivot(i)) {
    if (!is_undone) end_step(i, StepStatus::failed);
    start_compensation(reason);
  } else if (refused && is_own()) {
    fail_saga(i, Direction::action, reason);
  } else if (has_budget(i, Direction::action)) {
    call_again_or_wait(i, Direction::action, unavailable);
  } else {
    exhaust_budget(i, Direction::action, reason);
  }
}

void SagaDecider::wait_for_accepted(std::size_t i, Direction direction, const Accepted& accepted) {
  StepState& s = step(i);
  const Timestamp last = std::max(moment_.now, end_of_budget(i, direction));
  s.location = accepted.location;
  s.wake_at = accepted.ask_in ? std::min(moment_.now + *accepted.ask_in, last) : last;
}

void SagaDecider::on_compensation_reply(std::size_t i, const Outcome& outcome) {
  if (is_lra() && take_failure(i, Direction::compensation, outcome)) return;
  StepState& s = step(i);
  s.calling = false;
  if (const auto* accepted = std::get_if<Accepted>(&outcome)) {
    wait_for_accepted(i, Direction::compensation, *accepted);
    return;
  }
  if (std::holds_alternative<Succeeded>(outcome)) {
    s.error.clear();
    end_step(i, StepStatus::compensated);
    add_event(EventType::saga_step_compensated,
              event_data()
                  .add("step", step_definition(i).name)
                  .add("compensation", step_definition(i).compensated_as)
                  .add("attempt", s.execution),
              by_);
    if (saga().status == SagaStatus::compensating) roll_back();
    return;
  }
  s.error = reason_of(outcome);
  if (!std::holds_alternative<UnknownOutcome>(outcome))
    s.in_doubt = false;
  else if (is_lra())
    s.in_doubt = true;  // then its participant is asked first
  if (saga().status == SagaStatus::failed) return;
  const std::string reason = s.error;
  if (!std::holds_alternative<Refused>(outcome) && has_budget(i, Direction::compensation))
    call_again_or_wait(i, Direction::compensation, std::get_if<Unavailable>(&outcome));
  else
    fail_saga(i, Direction::compensation, reason);
}

}  // namespace sagactl

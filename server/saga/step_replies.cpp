// What follows from the reply to a call: the step is done, is tried again, is asked about, or has failed.
#include <fmt/format.h>

#include <algorithm>

#include "server/saga/lra_view.hpp"
#include "server/saga/saga_decider.hpp"

namespace sagactl {
namespace {

// Of a participant that wants to be asked again at once: each question is a request and a commit.
constexpr Duration ask_in_min = 100ms;

}  // namespace

void SagaDecider::on_action_reply(std::size_t i, const Outcome& outcome) {
  if (is_lra() && take_failure(i, Direction::action, outcome)) return;
  const bool is_compensating = saga().status == SagaStatus::compensating;
  step(i).calling = false;
  if (const auto* succeeded = std::get_if<Succeeded>(&outcome)) {
    on_action_done(i, *succeeded);
  } else if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome)) {
    on_action_unknown(i, *unknown);
  } else if (const auto* awaited = std::get_if<Awaited>(&outcome); awaited && !is_compensating) {
    step(i).in_doubt = false;
    step(i).error = awaited->reason;
    step(i).wake_at = step(i).began_at + step_definition(i).retry.budget;
  } else if (const auto* accepted = std::get_if<Accepted>(&outcome)) {
    if (is_own()) step(i).in_doubt = step_definition(i).kind == StepKind::call;
    wait_for_accepted(i, Direction::action, *accepted);
    if (is_compensating) roll_back();
  } else {
    on_action_without_effect(i, outcome);
  }
}

void SagaDecider::on_action_done(std::size_t i, const Succeeded& done) {
  StepState& s = step(i);
  s.error.clear();
  s.kept = done.kept;
  if (s.kept.empty() && step_definition(i).kind == StepKind::call) s.kept = "{}";
  end_step(i, StepStatus::succeeded);
  if (step_definition(i).listed)
    add_event(EventType::saga_step_completed,
              event_data().add("step", step_definition(i).name).add("attempt", s.execution), by_);
  if (saga().status == SagaStatus::compensating)
    roll_back();
  else if (saga().status == SagaStatus::started)
    advance();
}

void SagaDecider::on_action_unknown(std::size_t i, const UnknownOutcome& unknown) {
  step(i).error = unknown.reason;
  if (is_own()) step(i).in_doubt = step_definition(i).kind == StepKind::call;
  if (saga().status == SagaStatus::failed) return;
  if (is_own() && saga().status == SagaStatus::compensating)
    may_ask(i) ? schedule_next_try(i, Direction::action) : roll_back();
  else if (has_budget(i, Direction::action))
    schedule_next_try(i, Direction::action);
  else
    exhaust_budget(i, Direction::action, unknown.reason);
}

// The call had no effect: it was refused, or the participant was unavailable. That says nothing about an earlier call.
// That a participant does not know an earlier call says that it has not come yet: it may wait in a queue, of another
// node or on the way. So the step is called again with the same key, or undone, which keeps a late call from taking
// effect. An undo that has to name what the call would have returned cannot be called.
void SagaDecider::on_action_without_effect(std::size_t i, const Outcome& outcome) {
  StepState& s = step(i);
  const auto* refused = std::get_if<Refused>(&outcome);
  const auto* unavailable = std::get_if<Unavailable>(&outcome);
  const bool is_compensating = saga().status == SagaStatus::compensating;
  const bool is_unknown_there = unavailable && unavailable->again_now && s.location.empty();
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
  s.wake_at = accepted.ask_in ? std::min(moment_.now + std::max(*accepted.ask_in, ask_in_min), last) : last;
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
    if (!is_compensating && is_held_by_pivot())
      return fail_saga(i, direction, fmt::format("{}; it may have been done, and has no undo", reason));
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

}  // namespace sagactl

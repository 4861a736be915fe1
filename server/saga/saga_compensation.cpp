// The saga goes backward: the steps that are in effect, or may be, are undone in the reverse order.
#include <fmt/format.h>
#include <algorithm>

#include "server/saga/saga_decider.hpp"

namespace sagactl {
namespace {

bool may_need_undo(const StepState& step) {
  return step.status == StepStatus::running || step.status == StepStatus::succeeded ||
         step.status == StepStatus::compensating;
}

constexpr std::string_view refused_prefix = R"({"refused":)";  // of what is kept of a refusal

}  // namespace

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

}  // namespace sagactl

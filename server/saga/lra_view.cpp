#include "server/saga/lra_view.hpp"

#include "server/saga/lra_definition.hpp"

namespace sagactl {

bool is_lra(const Saga& saga) {
  return saga.own_definition && saga.own_definition->protocol == Protocol::lra;
}

bool is_nested_lra(const Saga& saga) {
  return is_lra(saga) && saga.own_definition->lra->is_nested();
}

bool is_lra_work(const Saga& saga, std::size_t step) {
  const ParticipantStep* call = saga.own_definition->steps[step].call.get();
  return call && call->part == LraPart::acts;
}

bool is_given_up(const Saga& saga, std::size_t step) {
  const StepState& state = saga.steps[step];
  const bool is_called = saga.own_definition->steps[step].kind == StepKind::call;
  return is_called && is_in_progress(state) && !state.calling && !state.wake_at;
}

bool awaits_first_answer(const Saga& saga, std::size_t step) {
  const StepState& state = saga.steps[step];
  if (!is_in_progress(state) || is_given_up(saga, step)) return false;
  const bool is_nested = saga.own_definition->steps[step].call->participant == ParticipantStep::no_participant;
  const int rounds = is_nested ? 2 : 1;
  return state.tries < rounds || (state.calling && state.tries == rounds);
}

bool is_told_to_forget(const StepState& step) {
  return step.kept.starts_with(lra_failed_prefix) && !was_told_to_forget(step);
}

bool was_told_to_forget(const StepState& step) {
  return step.kept.ends_with(lra_forgotten_member);
}

bool has_turned_back(const Saga& saga) {
  const StepStatus active = saga.steps.front().status;
  return saga.status == SagaStatus::compensating || saga.status == SagaStatus::compensated ||
         active == StepStatus::failed || active == StepStatus::compensated;
}

bool is_closed_for_now(const Saga& saga) {
  if (!is_nested_lra(saga) || has_turned_back(saga)) return false;
  const bool is_stopped = saga.status == SagaStatus::failed && !saga.requires_manual_intervention;
  const StepStatus parent = saga.steps[lra_parent_step_index].status;
  return !is_stopped && saga.steps.front().status == StepStatus::succeeded && parent != StepStatus::succeeded;
}

LraStatus lra_status_of(const Saga& saga) {
  const bool goes_back = has_turned_back(saga), has_stopped = saga.status == SagaStatus::failed;
  if (!goes_back && saga.steps.front().status != StepStatus::succeeded)
    return has_stopped ? LraStatus::failed_to_cancel : LraStatus::active;
  const StepStatus ended = goes_back ? StepStatus::compensated : StepStatus::succeeded;
  bool has_failed = false;
  for (std::size_t i = 1; i < saga.steps.size(); ++i) {
    if (!is_lra_work(saga, i) || saga.steps[i].status == ended) continue;
    if (!is_given_up(saga, i) && !has_stopped) return goes_back ? LraStatus::cancelling : LraStatus::closing;
    has_failed = true;
  }
  if (has_failed) return goes_back ? LraStatus::failed_to_cancel : LraStatus::failed_to_close;
  return goes_back ? LraStatus::cancelled : LraStatus::closed;
}

LraParticipantStatus lra_participant_status_of(const Saga& saga, std::size_t step) {
  using enum LraParticipantStatus;
  switch (saga.steps[step].status) {
    case StepStatus::pending:
    case StepStatus::failed:
      return active;
    case StepStatus::running:
      return is_given_up(saga, step) ? failed_to_complete : completing;
    case StepStatus::succeeded:
      return completed;
    case StepStatus::compensating:
      return is_given_up(saga, step) ? failed_to_compensate : compensating;
    case StepStatus::compensated:
      break;
  }
  return compensated;
}

LraParticipantStatus as_participant(LraStatus status) {
  using enum LraParticipantStatus;
  switch (status) {
    case LraStatus::active:
      return active;
    case LraStatus::closing:
      return completing;
    case LraStatus::closed:
      return completed;
    case LraStatus::failed_to_close:
      return failed_to_complete;
    case LraStatus::cancelling:
      return compensating;
    case LraStatus::cancelled:
      return compensated;
    case LraStatus::failed_to_cancel:
      break;
  }
  return failed_to_compensate;
}

}  // namespace sagactl

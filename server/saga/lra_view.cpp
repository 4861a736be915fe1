#include "server/saga/lra_view.hpp"

namespace sagactl {

bool is_lra(const Saga& saga) {
  return saga.own_definition && saga.own_definition->protocol == Protocol::lra;
}

bool is_given_up(const Saga& saga, std::size_t step) {
  const StepState& state = saga.steps[step];
  return step > 0 && is_in_progress(state) && !state.calling && !state.wake_at;
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

LraStatus lra_status_of(const Saga& saga) {
  const bool goes_back = has_turned_back(saga);
  if (!goes_back && saga.steps.front().status != StepStatus::succeeded) return LraStatus::active;
  const StepStatus ended = goes_back ? StepStatus::compensated : StepStatus::succeeded;
  bool has_failed = false;
  for (std::size_t i = 1; i < saga.steps.size(); ++i) {
    if (saga.own_definition->steps[i].call->is_listener || saga.steps[i].status == ended) continue;
    if (!is_given_up(saga, i)) return goes_back ? LraStatus::cancelling : LraStatus::closing;
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

}  // namespace sagactl

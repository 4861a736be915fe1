// The progress of sagas in a batch.
#include "server/engine/batch/command_batch.hpp"

namespace sagactl {
namespace {

// Whether the step ended in this batch: at one of the batch's moments.
bool ended_since(const StepState& step, Timestamp began) {
  const bool has_ended = step.status == StepStatus::succeeded || step.status == StepStatus::failed ||
                         step.status == StepStatus::compensated;
  return has_ended && step.ended_at > began;
}

SagaProgress::Traced traced_step(const Saga& saga, const StepDefinition& definition, const StepState& step) {
  SagaProgress::Traced out{saga.id, saga.trace_parent, saga.type, definition.name};
  out.direction = step.status == StepStatus::compensated ? Direction::compensation : Direction::action;
  out.execution = step.execution;
  out.tries = step.tries;
  out.status = to_string(step.status);
  if (step.status == StepStatus::failed) out.error = step.error;
  out.began = step.began_at;
  out.ended = step.ended_at;
  return out;
}

SagaProgress::Traced traced_saga(const Saga& saga) {
  SagaProgress::Traced out{saga.id, saga.trace_parent, saga.type};
  out.execution = static_cast<int>(saga.retries.size());
  out.status = to_string(saga.status);
  if (saga.status != SagaStatus::completed) out.error = saga.error;
  out.began = forward_since(saga);
  out.ended = saga.updated_at;
  return out;
}

}  // namespace

SagaProgress CommandBatch::progress(bool is_traced) const {
  SagaProgress out;
  for (const TrackedFlow& tracked : flows_) {
    if (!tracked.flow.saga || !(tracked.new_saga || tracked.saga_changed)) continue;
    const Saga& saga = *tracked.flow.saga;
    const SagaDefinition* definition = definition_of(saga);
    if (!definition) continue;
    if (tracked.new_saga) out.started.push_back(definition);
    for (std::size_t i = 0; i < saga.steps.size() && i < definition->steps.size(); ++i)
      if (const StepState& step = saga.steps[i]; ended_since(step, began_)) {
        out.ended_steps.push_back({definition, i, step.status, step.ended_at - step.began_at});
        if (is_traced) out.traced.push_back(traced_step(saga, definition->steps[i], step));
      }
    // Checks of payments after the saga has ended do not change its version.
    if (is_terminal(saga.status) && saga.version != tracked.version_loaded) {
      out.ended_sagas.push_back({definition, saga.status, saga.updated_at - forward_since(saga)});
      if (is_traced) out.traced.push_back(traced_saga(saga));
    }
  }
  for (const StepCall& call : retried_calls_)
    if (const auto found = flow_by_order_.find(order_of(call.saga));
        found != flow_by_order_.end() && found->second->flow.saga)
      if (const SagaDefinition* definition = definition_of(*found->second->flow.saga))
        out.retried_steps.push_back({definition, call.step, call.direction});
  return out;
}

}  // namespace sagactl

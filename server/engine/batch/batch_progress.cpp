// What a batch has moved on.
#include "server/engine/batch/command_batch.hpp"

namespace sagactl {
namespace {

// A step that rests since this batch: its status was given at one of the batch's moments.
bool ended_since(const StepState& step, Timestamp began) {
  const bool rests = step.status == StepStatus::succeeded || step.status == StepStatus::failed ||
                     step.status == StepStatus::compensated;
  return rests && step.ended_at > began;
}

Timestamp began_at(const Saga& saga) {
  return saga.retries.empty() ? saga.created_at : saga.retries.back().at;
}

}  // namespace

SagaProgress CommandBatch::progress() const {
  SagaProgress out;
  for (const Work& work : works_) {
    if (!work.flow.saga || !(work.new_saga || work.saga_changed)) continue;
    const Saga& saga = *work.flow.saga;
    const SagaDefinition* definition = find_definition(saga.type);
    if (!definition) continue;
    if (work.new_saga) out.started.push_back(definition);
    for (std::size_t i = 0; i < saga.steps.size() && i < definition->steps.size(); ++i)
      if (const StepState& step = saga.steps[i]; ended_since(step, began_))
        out.ended_steps.push_back({definition, i, step.status, step.ended_at - step.began_at});
    // What is found out about the payments of one that ended before leaves its version.
    if (is_terminal(saga.status) && saga.version != work.version_loaded)
      out.ended_sagas.push_back({definition, saga.status, saga.updated_at - began_at(saga)});
  }
  for (const StepCall& call : tried_again_)
    if (const auto found = by_order_.find(order_of(call.saga)); found != by_order_.end() && found->second->flow.saga)
      if (const SagaDefinition* definition = find_definition(found->second->flow.saga->type))
        out.tried_again.push_back({definition, call.step, call.direction});
  return out;
}

}  // namespace sagactl

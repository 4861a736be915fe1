#include "server/saga/saga_view.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl {

std::vector<std::string> steps_in_progress(const SagaDefinition& definition, const Saga& saga) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < saga.steps.size() && i < definition.steps.size(); ++i)
    if (is_in_progress(saga.steps[i])) names.push_back(definition.steps[i].name);
  return names;
}

std::string current_step(const SagaDefinition& definition, const Saga& saga) {
  if (saga.status == SagaStatus::completed || saga.status == SagaStatus::compensated)
    return std::string(to_string(saga.status));
  if (const std::vector<std::string> names = steps_in_progress(definition, saga); !names.empty())
    return join(names, ", ");
  for (std::size_t i = 0; i < saga.steps.size() && i < definition.steps.size(); ++i)
    if (saga.steps[i].status == StepStatus::pending) return definition.steps[i].name;
  return std::string(to_string(saga.status));
}

std::vector<std::string> completed_steps(const SagaDefinition& definition, const Saga& saga) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < saga.steps.size() && i < definition.steps.size(); ++i) {
    const StepStatus status = saga.steps[i].status;
    if (definition.steps[i].listed &&
        (status == StepStatus::succeeded || status == StepStatus::compensating || status == StepStatus::compensated))
      names.emplace_back(definition.steps[i].name);
  }
  return names;
}

std::vector<std::string> compensation_steps(const SagaDefinition& definition, const Saga& saga) {
  std::vector<std::string> names;
  for (std::size_t i = std::min(saga.steps.size(), definition.steps.size()); i-- > 0;)
    if (saga.steps[i].status == StepStatus::compensated && !definition.steps[i].compensated_as.empty())
      names.emplace_back(definition.steps[i].compensated_as);
  return names;
}

}  // namespace sagactl

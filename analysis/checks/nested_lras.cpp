#include "analysis/checks/nested_lras.hpp"

#include <algorithm>

#include "server/saga/lra_definition.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl {

void NestedLras::take(const Saga& saga) {
  if (!is_lra(saga)) return;
  const LraDefinition& lra = *saga.own_definition->lra;
  const bool has_nested =
      std::any_of(lra.participants.begin(), lra.participants.end(), [](const auto& it) { return it.nested; });
  if (has_nested) parents_[saga.id] = saga.status;
  const auto parent = lra.is_nested() ? saga_of_lra_id(lra.parent) : std::nullopt;
  if (!parent) return;
  const bool is_active = lra_status_of(saga) == LraStatus::active;
  nested_.push_back({saga.id, *parent, saga.status, is_active || is_closed_for_now(saga)});
}

std::vector<NestedLras::Nested> NestedLras::of_parents_that_are(SagaStatus status,
                                                                bool (*is_wrong)(const Nested&)) const {
  std::vector<Nested> found;
  for (const Nested& it : nested_) {
    const auto parent = parents_.find(it.parent);
    if (parent != parents_.end() && parent->second == status && is_wrong(it)) found.push_back(it);
  }
  return found;
}

std::vector<NestedLras::Nested> NestedLras::not_compensated() const {
  return of_parents_that_are(SagaStatus::compensated,
                             [](const Nested& it) { return it.status != SagaStatus::compensated; });
}

std::vector<NestedLras::Nested> NestedLras::forsaken() const {
  return of_parents_that_are(SagaStatus::completed, [](const Nested& it) { return it.may_end_otherwise; });
}

}  // namespace sagactl

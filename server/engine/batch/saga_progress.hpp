// The progress that sagas made in one commit, for metrics. Sagas with an unknown definition are left out.
#pragma once

#include <cstddef>
#include <vector>

#include "server/saga/decide.hpp"

namespace sagactl {

struct SagaProgress {
  struct EndedStep {
    const SagaDefinition* saga = nullptr;
    std::size_t step = 0;
    StepStatus status = StepStatus::succeeded;  // succeeded, failed or compensated
    Duration took{};                            // from the first try of its execution, in that direction
  };
  struct EndedSaga {
    const SagaDefinition* saga = nullptr;
    SagaStatus status = SagaStatus::completed;
    Duration took{};  // since it was started, or retried by an operator
  };
  struct RetriedStep {
    const SagaDefinition* saga = nullptr;
    std::size_t step = 0;
    Direction direction = Direction::action;
  };

  std::vector<const SagaDefinition*> started;
  std::vector<EndedStep> ended_steps;
  std::vector<EndedSaga> ended_sagas;
  std::vector<RetriedStep> retried_steps;
};

}  // namespace sagactl

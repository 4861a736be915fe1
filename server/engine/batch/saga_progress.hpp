// The progress that sagas made in one commit, for metrics. Sagas with an unknown definition are left out.
#pragma once

#include <cstddef>
#include <string>
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

  // A saga or a step that ended, for traces.
  struct Traced {
    SagaId saga;
    std::string trace_parent;  // of the request that started the saga
    std::string type;          // the definition's name
    std::string step = {};     // empty: the saga itself
    Direction direction = Direction::action;
    int execution = 0;  // of the step; of the saga, how often an operator has retried it
    int tries = 0;      // of the step
    std::string status = {};
    std::string error = {};  // empty: it is as it should be
    Timestamp began = {}, ended = {};
  };

  std::vector<const SagaDefinition*> started;
  std::vector<EndedStep> ended_steps;
  std::vector<EndedSaga> ended_sagas;
  std::vector<RetriedStep> retried_steps;
  std::vector<Traced> traced;  // only when it is asked for
};

}  // namespace sagactl

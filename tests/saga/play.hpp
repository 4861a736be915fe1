// A saga that is driven step by step.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "server/saga/decide.hpp"
#include "server/saga/saga_view.hpp"

namespace sagactl {

// Holds the saga's state, its events and its latest calls.
class Play {
 public:
  explicit Play(std::string_view name = order_processing_saga) : definition(*find_definition(name)) {
    saga = new_saga(definition, SagaId{new_uuid()}, moment);
  }

  Play& give(const SagaCommand& command) {
    auto decision = decide(definition, saga, command, moment);
    if (!decision) {
      rejection = decision.error();
      return *this;
    }
    rejection.reset();
    saga = std::move(decision->saga);
    calls = std::move(decision->calls);
    for (const Event& event : decision->events) {
      events.emplace_back(to_string(event.type));
      EXPECT_EQ(event.version, static_cast<int>(events.size()));
    }
    return *this;
  }
  Play& reply(std::size_t step, Outcome outcome, Direction direction = Direction::action) {
    return give(StepReply{step, direction, saga.steps[step].execution, std::move(outcome)});
  }
  Play& undone(std::size_t step) { return reply(step, Succeeded{}, Direction::compensation); }
  Play& wait(Duration d) {
    moment.now = moment.now + d;
    return *this;
  }
  Play& timer() {
    EXPECT_TRUE(saga.wake_at.has_value());
    moment.now = std::max(moment.now, *saga.wake_at);
    return give(WakeSaga{saga.wake_at});
  }
  // Starts the saga, and lets every step before this one succeed.
  Play& up_to(std::size_t step) {
    give(StartSaga{});
    for (std::size_t i = 0; i < step; ++i) reply(i, Succeeded{});
    return *this;
  }
  // Starts the saga, and lets every step succeed.
  Play& complete() { return up_to(definition.steps.size()); }

  const SagaDefinition& definition;
  Moment moment{Timestamp{1'000'000'000}, "node-1", 7, 12345};
  Saga saga;
  std::vector<std::string> events;
  std::vector<StepCall> calls;
  std::optional<Error> rejection;
};

}  // namespace sagactl

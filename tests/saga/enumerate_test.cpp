// The invariants of every state that a saga can reach, by every command in every order, to a bounded depth.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "server/saga/decide.hpp"

namespace sagactl {
namespace {

// Distinguishes states. Ignores times, and the tries of steps that are not in progress.
std::string signature(const Saga& saga) {
  std::string out(to_string(saga.status));
  for (const StepState& step : saga.steps) {
    const bool open = step.status == StepStatus::running || step.status == StepStatus::compensating;
    out += "|" + std::string(to_string(step.status)) + std::to_string(step.execution) + (step.in_doubt ? "?" : "");
    if (open) out += step.tries > 2 ? "+" : std::to_string(step.tries);
  }
  return out + (saga.wake_at ? "w" : "") + (saga.requires_manual_intervention ? "m" : "");
}

int executions_of(const Saga& saga) {
  int most = 0;
  for (const StepState& step : saga.steps) most = std::max(most, step.execution);
  return most;
}

bool in_effect(const StepState& step) {
  return step.status == StepStatus::succeeded || step.status == StepStatus::compensating || step.in_doubt;
}

void check(const Saga& saga, const std::vector<StepCall>& calls) {
  SCOPED_TRACE(signature(saga));
  int open = 0;
  for (const StepState& step : saga.steps)
    open += step.status == StepStatus::running || step.status == StepStatus::compensating;
  EXPECT_LE(open, 1) << "one step at a time";
  EXPECT_LE(calls.size(), 1u);
  switch (saga.status) {
    case SagaStatus::started:
    case SagaStatus::compensating:
      EXPECT_EQ(open, 1);
      EXPECT_TRUE(saga.wake_at) << "a saga that has not ended has a timer";
      break;
    case SagaStatus::completed:
      for (const StepState& step : saga.steps) EXPECT_EQ(step.status, StepStatus::succeeded);
      break;
    case SagaStatus::compensated:
      for (const StepState& step : saga.steps) EXPECT_FALSE(in_effect(step));
      break;
    case SagaStatus::failed:
      EXPECT_TRUE(saga.requires_manual_intervention);
      break;
  }
  if (is_terminal(saga.status)) {
    EXPECT_TRUE(calls.empty());
    EXPECT_FALSE(saga.wake_at);
  }
  for (const StepCall& call : calls) {
    if (call.direction == Direction::compensation)
      for (std::size_t later = call.step + 1; later < saga.steps.size(); ++later)
        EXPECT_FALSE(in_effect(saga.steps[later])) << "a step is compensated before a later one";
    else
      for (std::size_t earlier = 0; earlier < call.step; ++earlier)
        EXPECT_EQ(saga.steps[earlier].status, StepStatus::succeeded);
  }
}

class SagaStates : public ::testing::TestWithParam<std::string_view> {};

TEST_P(SagaStates, AllReachableOnesSatisfyTheInvariants) {
  const SagaDefinition& definition = *find_definition(GetParam());
  const int depth_max = static_cast<int>(definition.steps.size()) * 2 + 3;  // forward, back, and restarted
  constexpr int executions_max = 2;
  struct Node {
    Saga saga;
    Timestamp now;
    int depth;
  };
  const Timestamp start{1'000'000'000};
  std::deque<Node> open;
  std::set<std::string> seen;
  std::set<SagaStatus> statuses;
  open.push_back({new_saga(definition, SagaId{new_uuid()}, Moment{start, "node-1", 1, 1}), start, 0});
  std::size_t decisions = 0;
  while (!open.empty()) {
    const Node node = std::move(open.front());
    open.pop_front();
    std::vector<SagaCommand> commands = {StartSaga{}, CompensateSaga{"x"}, RetrySaga{"x", true, true}, WakeSaga{},
                                         ProceedSaga{}};
    if (node.saga.wake_at) commands.push_back(WakeSaga{node.saga.wake_at});
    for (std::size_t step = 0; step < definition.steps.size(); ++step)
      for (const Direction direction : {Direction::action, Direction::compensation})
        for (const Outcome& outcome : {Outcome{Succeeded{}}, Outcome{Refused{"r"}}, Outcome{Unavailable{"u"}},
                                       Outcome{UnknownOutcome{"?"}}, Outcome{Awaited{"a"}}})
          commands.push_back(StepReply{step, direction, node.saga.steps[step].execution, outcome});
    for (const SagaCommand& command : commands) {
      for (const Duration passes : {Duration{1}, definition.steps[1].retry.budget + 1s}) {
        const Timestamp now = node.now + passes;
        auto decision = decide(definition, node.saga, command, Moment{now, "node-1", 1, 99});
        if (!decision) continue;
        ++decisions;
        check(decision->saga, decision->calls);
        EXPECT_GE(decision->saga.version, node.saga.version);
        if (node.saga.status == SagaStatus::started && !std::holds_alternative<CompensateSaga>(command) &&
            node.saga.steps[definition.pivot].status == StepStatus::succeeded) {
          EXPECT_NE(decision->saga.status, SagaStatus::compensating)
              << "after its pivot the saga does not compensate on its own";
        }
        statuses.insert(decision->saga.status);
        const bool continues = node.depth < depth_max && executions_of(decision->saga) <= executions_max;
        if (continues && seen.insert(signature(decision->saga)).second)
          open.push_back({std::move(decision->saga), now, node.depth + 1});
        if (HasFailure()) return;
      }
    }
  }
  EXPECT_EQ(statuses.size(), 5u) << "every status is reachable";
  EXPECT_GT(seen.size(), 50u);
  EXPECT_GT(decisions, 500u);
}

std::vector<std::string_view> names() {
  std::vector<std::string_view> list;
  for (const SagaDefinition& definition : definitions()) list.push_back(definition.name);
  return list;
}

INSTANTIATE_TEST_SUITE_P(Definitions, SagaStates, ::testing::ValuesIn(names()),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace sagactl

// Every state that the order saga can come into, by every command in every order, to a bounded depth: what must
// hold in each of them.
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "server/saga/decide.hpp"

namespace sagactl {
namespace {

// What tells states apart, times left out.
std::string signature(const Saga& saga) {
  std::string out(to_string(saga.status));
  for (const StepState& step : saga.steps)
    out += "|" + std::string(to_string(step.status)) + std::to_string(step.attempt) + (step.in_doubt ? "?" : "") +
           (step.tries > 2 ? "+" : std::to_string(step.tries));
  return out + (saga.wake_at ? "w" : "") + (saga.requires_manual_intervention ? "m" : "");
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
      EXPECT_TRUE(saga.wake_at) << "a saga that has not ended is looked at again by itself";
      break;
    case SagaStatus::completed:
      for (const StepState& step : saga.steps) EXPECT_EQ(step.status, StepStatus::succeeded);
      break;
    case SagaStatus::compensated:
      for (const StepState& step : saga.steps) EXPECT_FALSE(in_effect(step));
      break;
    case SagaStatus::failed: EXPECT_TRUE(saga.requires_manual_intervention); break;
  }
  if (is_terminal(saga.status)) {
    EXPECT_TRUE(calls.empty());
    EXPECT_FALSE(saga.wake_at);
  }
  for (const StepCall& call : calls) {
    if (call.direction == Direction::compensation)
      for (std::size_t later = call.step + 1; later < saga.steps.size(); ++later)
        EXPECT_FALSE(in_effect(saga.steps[later])) << "a step is undone before those that came after it";
    else
      for (std::size_t earlier = 0; earlier < call.step; ++earlier)
        EXPECT_EQ(saga.steps[earlier].status, StepStatus::succeeded);
  }
}

TEST(SagaStates, AllThatCanBeReachedAreSound) {
  const SagaDefinition& definition = *find_definition(order_processing_saga);
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
    std::vector<SagaCommand> commands = {StartSaga{}, CompensateSaga{"x"}, RetrySaga{"x", true, true}, WakeSaga{}};
    if (node.saga.wake_at) commands.push_back(WakeSaga{node.saga.wake_at});
    for (std::size_t step = 0; step < definition.steps.size(); ++step)
      for (const Direction direction : {Direction::action, Direction::compensation})
        for (const Outcome& outcome :
             {Outcome{Succeeded{}}, Outcome{Refused{"r"}}, Outcome{Unavailable{"u"}}, Outcome{UnknownOutcome{"?"}}})
          commands.push_back(StepReply{step, direction, node.saga.steps[step].attempt, outcome});
    for (const SagaCommand& command : commands) {
      for (const Duration passes : {Duration{1}, Duration{61s}}) {
        const Timestamp now = node.now + passes;
        auto decision = decide(definition, node.saga, command, Moment{now, "node-1", 1, 99});
        if (!decision) continue;
        ++decisions;
        check(decision->saga, decision->calls);
        EXPECT_GE(decision->saga.version, node.saga.version);
        statuses.insert(decision->saga.status);
        if (node.depth < 9 && seen.insert(signature(decision->saga)).second)
          open.push_back({std::move(decision->saga), now, node.depth + 1});
      }
    }
  }
  EXPECT_EQ(statuses.size(), 5u) << "every status is reachable";
  EXPECT_GT(seen.size(), 50u);
  EXPECT_GT(decisions, 500u);
}

}  // namespace
}  // namespace sagactl

// Sagas of users' own under the verdicts: without an order, with steps side by side, waits, and late answers.
#include <gmock/gmock.h>

#include "common/text/text.hpp"
#include "server/saga/compile_definition.hpp"
#include "tests/analysis/checks/own_saga_world.hpp"

namespace sagactl {
namespace {

constexpr const char* trip = R"({
  "saga": "trip",
  "participants": {"hotel": {"url": "http://hotel"}, "air": {"url": "http://air"}},
  "steps": [
    {"name": "hotel", "call": {"post": "{hotel}/bookings"}, "undo": {"delete": "{hotel}/bookings/{saga.step_key}"}},
    {"name": "flight", "after": [], "call": {"post": "{air}/seats"}, "undo": {"delete": "{air}/seats/{saga.step_key}"}},
    {"name": "approval", "after": ["hotel", "flight"], "wait": {}},
    {"name": "rest", "sleep": "1h"},
    {"name": "mail", "call": {"post": "{hotel}/mails"}}
  ]})";

constexpr std::size_t hotel = 0, flight = 1, approval = 2, rest = 3, mail = 4;

class UsersSagas : public OwnSagaWorld {
 protected:
  // A saga that has started: its hotel and flight are called.
  FlowHistory& start(const std::string& key = "") { return add(definition, SagaId::fresh(), key); }
  void reply(FlowHistory& flow, std::size_t step, Outcome outcome, Direction direction = Direction::action) {
    command(flow, StepReply{step, direction, 1, std::move(outcome)});
  }
  void undo(FlowHistory& flow, std::size_t step) { reply(flow, step, Succeeded{}, Direction::compensation); }
  FlowHistory& completed() {
    FlowHistory& flow = start();
    for (const std::size_t step : {flight, hotel}) reply(flow, step, Succeeded{});
    command(flow, AnswerStep{approval, Succeeded{}, "looks right", "someone"});
    world.pass(1h);
    command(flow, WakeSaga{flow.flow.saga->wake_at});
    reply(flow, mail, Succeeded{});
    EXPECT_EQ(flow.flow.saga->status, SagaStatus::completed);
    return flow;
  }
  FlowHistory& compensated() {
    FlowHistory& flow = start();
    reply(flow, hotel, Succeeded{});
    reply(flow, flight, Refused{"full"});
    undo(flow, hotel);
    EXPECT_EQ(flow.flow.saga->status, SagaStatus::compensated);
    return flow;
  }
  // Both are in effect, and a person is waited for.
  FlowHistory& waiting(const std::string& key = "") {
    FlowHistory& flow = start(key);
    for (const std::size_t step : {hotel, flight}) reply(flow, step, Succeeded{});
    return flow;
  }
  const DefinitionPointer definition = compile_definition(trip, 1).value();
};

TEST_F(UsersSagas, OfEveryKindPass) {
  completed();
  compensated();
  waiting("monday");
  waiting("tuesday");
  expect_all_pass();
  EXPECT_THAT(named(verdicts(), "all-sagas-end").reason, testing::HasSubstr("2 sagas wait"));
  EXPECT_THAT(named(verdicts(), "not-vacuous").reason, testing::HasSubstr("4 sagas of users' own"));
}

TEST_F(UsersSagas, AStepOfUnknownOutcomeIsUndoneWithoutHavingCompleted) {
  FlowHistory& flow = start();
  reply(flow, hotel, Refused{"full"});
  reply(flow, flight, UnknownOutcome{"no answer"});
  undo(flow, flight);
  EXPECT_EQ(flow.flow.saga->status, SagaStatus::compensated);
  expect_all_pass();
}

TEST_F(UsersSagas, AStepThatIsDoneAfterItsUndoIsUndoneAgain) {
  FlowHistory& flow = start();
  reply(flow, flight, Refused{"full"});
  reply(flow, hotel, UnknownOutcome{"no answer"});
  undo(flow, hotel);
  EXPECT_EQ(flow.flow.saga->status, SagaStatus::compensated);
  reply(flow, hotel, Succeeded{});
  EXPECT_EQ(flow.flow.saga->status, SagaStatus::compensating);
  undo(flow, hotel);
  EXPECT_EQ(flow.flow.saga->status, SagaStatus::compensated);
  expect_all_pass();
}

TEST_F(UsersSagas, AnOperatorsCancellationUndoesThemBeforeTheirEnd) {
  FlowHistory& flow = waiting();
  command(flow, CompensateSaga{"not wanted", "someone"});
  undo(flow, flight);
  undo(flow, hotel);
  EXPECT_EQ(flow.flow.saga->status, SagaStatus::compensated);
  expect_all_pass();
}

TEST_F(UsersSagas, OneThatSleepsLongerThanItShouldIsFound) {
  FlowHistory& flow = waiting();
  command(flow, AnswerStep{approval, Succeeded{}, "", "someone"});
  world.pass(59min);
  expect_all_pass();
  world.pass(10min);
  const auto found = verdicts();
  EXPECT_EQ(named(found, "all-sagas-end").ruling, Ruling::fail);
}

TEST_F(UsersSagas, AStepBeforeThoseThatItComesAfterIsFound) {
  FlowHistory& flow = completed();
  for (Event& event : flow.events)
    if (event.type == EventType::saga_step_completed)
      replace_all(event.data, "\"hotel\"", "\"approved\""), replace_all(event.data, "\"approval\"", "\"hotel\""),
          replace_all(event.data, "\"approved\"", "\"approval\"");
  EXPECT_EQ(named(verdicts(), "legal-transitions").ruling, Ruling::fail);
}

TEST_F(UsersSagas, AStepThatStaysInEffectIsFound) {
  FlowHistory& flow = compensated();
  flow.flow.saga->steps[hotel].status = StepStatus::succeeded;
  EXPECT_EQ(named(verdicts(), "compensation-complete").ruling, Ruling::fail);
}

TEST_F(UsersSagas, AKeyWhoseClaimNamesAnotherSagaIsFound) {
  waiting("monday");
  world.claims.back().order = OrderId::fresh();
  EXPECT_EQ(named(verdicts(), "one-live-order-per-key").ruling, Ruling::fail);
}

}  // namespace
}  // namespace sagactl

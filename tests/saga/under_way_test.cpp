// A step of a user's saga whose participant has accepted the call and answers later.
#include <gtest/gtest.h>

#include "server/saga/compile_definition.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {
namespace {

class UnderWay : public testing::Test {
 protected:
  void on(const SagaCommand& command) {
    now = now + 1s;
    auto decided = decide(*definition, std::move(saga), command, {now, "node-1", 1, 7});
    ASSERT_TRUE(decided) << decided.error().message;
    saga = std::move(decided->saga);
    calls = std::move(decided->calls);
  }
  void reply(Outcome outcome) { on(StepReply{0, Direction::action, 1, std::move(outcome)}); }

  const DefinitionPointer definition =
      compile_definition(R"({"saga":"trip","participants":{"hotel":{"url":"http://hotel"}},
                             "steps":[{"name":"hotel","call":{"post":"{hotel}/bookings"}}]})",
                         1)
          .value();
  Timestamp now{1'000'000'000};
  Saga saga = new_saga(*definition, SagaId::fresh(), {now, "node-1", 1, 7});
  std::vector<StepCall> calls;
};

TEST_F(UnderWay, IsAskedAtItsLocationUntilItHasAnAnswer) {
  saga.own_definition = {definition};
  on(StartSaga{});
  reply(Accepted{2s, "/bookings/17"});
  EXPECT_EQ(saga.steps[0].location, "/bookings/17");
  on(WakeSaga{saga.wake_at});
  ASSERT_EQ(calls.size(), 1u);
  reply(UnknownOutcome{"answered 503"});
  EXPECT_EQ(saga.steps[0].location, "/bookings/17");
  reply(Succeeded{});
  EXPECT_EQ(saga.status, SagaStatus::completed);
}

TEST_F(UnderWay, IsNotAskedWithoutAPauseThoughItsParticipantWantsThat) {
  saga.own_definition = {definition};
  on(StartSaga{});
  reply(Accepted{Duration{0}, "/bookings/17"});
  EXPECT_EQ(saga.wake_at, now + 100ms);
}

TEST_F(UnderWay, IsCalledAnewWhenItIsToBeTriedAgain) {
  saga.own_definition = {definition};
  on(StartSaga{});
  reply(Accepted{2s, "/bookings/17"});
  reply(Unavailable{"restarted"});
  EXPECT_EQ(saga.steps[0].location, "") << "there is nothing under way any more";
  EXPECT_EQ(saga.status, SagaStatus::started);
}

}  // namespace
}  // namespace sagactl

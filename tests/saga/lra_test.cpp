// LRAs as sagas whose steps come one by one: who joins, who is called when, and how they end.
#include <gmock/gmock.h>

#include "server/saga/compile_definition.hpp"
#include "server/saga/decide.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LraLinks links_of(const std::string& name) {
  const std::string url = "http://" + name + ":80/";
  return {url + "compensate", url + "complete", {}, {}, {}, {}};
}

LraLinks listener_of(const std::string& name) {
  return {{}, {}, {}, {}, "http://" + name + "/after", {}};
}

// What a participant answers that was asked to forget its failure.
const Succeeded forgotten{R"({"forgotten":true})"};

class Lra : public testing::Test {
 protected:
  void start(Duration limit = {}) {
    LraDefinition lra;
    lra.coordinator = "http://node/lra-coordinator";
    lra.limit = limit;
    const auto definition = compile_definition(canonical_text(lra_definition_json(lra)), 1).value();
    saga = new_saga(*definition, SagaId::fresh(), moment());
    saga.own_definition = {definition};
    ASSERT_TRUE(tell(StartSaga{}));
  }
  // With participants "a", "b" and so on.
  void start_with(std::size_t participants) {
    start();
    for (std::size_t i = 0; i < participants; ++i)
      ASSERT_TRUE(tell(JoinLra{links_of(std::string(1, static_cast<char>('a' + i)))}));
  }
  Moment moment() {
    now = now + 1ms;
    return Moment{now, "node-1", 1, 7};
  }
  Result<void> tell(const SagaCommand& command) {
    const DefinitionPointer definition = saga.own_definition.definition;
    auto decision = decide(*definition, saga, command, moment());
    calls.clear();
    if (!decision) return decision.error();
    saga = std::move(decision->saga);
    calls = std::move(decision->calls);
    for (const Event& event : decision->events) events.emplace_back(to_string(event.type));
    return {};
  }
  Result<void> reply(std::size_t step, Outcome outcome) {
    const StepState& state = saga.steps[step];
    return tell(StepReply{step, direction_of(state), 1, std::move(outcome), state.tries, state.began_at});
  }
  Result<void> wake() {
    now = std::max(now, saga.wake_at.value());
    return tell(WakeSaga{saga.wake_at});
  }
  std::vector<std::size_t> called() const {
    std::vector<std::size_t> steps;
    for (const StepCall& call : calls) steps.push_back(call.step);
    return steps;
  }
  LraStatus status() const { return lra_status_of(saga); }

  Saga saga;
  std::vector<StepCall> calls;
  std::vector<std::string> events;
  Timestamp now{1'800'000'000'000'000};
};

TEST_F(Lra, IsActiveUntilItIsClosedAndCallsNobodyBefore) {
  start_with(2);
  EXPECT_EQ(status(), LraStatus::active);
  EXPECT_THAT(calls, IsEmpty());
  EXPECT_FALSE(saga.wake_at);
}

TEST_F(Lra, OneThatIsClosedCompletesTheLastThatJoinedFirst) {
  start_with(3);
  ASSERT_TRUE(tell(EndLra{true}));
  EXPECT_THAT(called(), ElementsAre(3u));
  EXPECT_EQ(status(), LraStatus::closing);
  ASSERT_TRUE(reply(3, Succeeded{}));
  EXPECT_THAT(called(), ElementsAre(2u));
  ASSERT_TRUE(reply(2, Succeeded{}));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::closed);
  EXPECT_EQ(saga.status, SagaStatus::completed);
}

TEST_F(Lra, OneThatIsCancelledCompensatesTheLastThatJoinedFirst) {
  start_with(2);
  ASSERT_TRUE(tell(EndLra{false}));
  EXPECT_THAT(called(), ElementsAre(2u));
  EXPECT_EQ(calls.front().direction, Direction::compensation);
  EXPECT_EQ(status(), LraStatus::cancelling);
  ASSERT_TRUE(reply(2, Succeeded{}));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::cancelled);
  EXPECT_EQ(saga.status, SagaStatus::compensated);
  EXPECT_THAT(events, ElementsAre("SagaStarted", "SagaCompensating", "SagaStepCompensated", "SagaStepCompensated",
                                  "SagaCompensated"));
}

TEST_F(Lra, WithoutParticipantsItEndsAtOnce) {
  start();
  ASSERT_TRUE(tell(EndLra{true}));
  EXPECT_EQ(saga.status, SagaStatus::completed);
  start();
  ASSERT_TRUE(tell(EndLra{false}));
  EXPECT_EQ(saga.status, SagaStatus::compensated);
}

TEST_F(Lra, AParticipantThatDoesNotAnswerHoldsUpNobodyAfterItsFirstCall) {
  start_with(2);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(2, Unavailable{"busy"}));
  EXPECT_THAT(called(), ElementsAre(1u));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::closing);
  ASSERT_TRUE(wake());
  EXPECT_THAT(called(), ElementsAre(2u));
  ASSERT_TRUE(reply(2, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::closed);
}

TEST_F(Lra, OneThatFailsLetsTheOthersCompleteAndThenNeedsAPersonWhoseRetryCallsItAgain) {
  start_with(2);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(2, Refused{"answered 409: no room"}));
  EXPECT_THAT(called(), ElementsAre(1u));
  EXPECT_EQ(status(), LraStatus::closing);
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::failed_to_close);
  EXPECT_EQ(saga.status, SagaStatus::failed);
  EXPECT_TRUE(saga.requires_manual_intervention);
  EXPECT_EQ(saga.error, "action of 02 failed: answered 409: no room");
  EXPECT_EQ(lra_participant_status_of(saga, 2), LraParticipantStatus::failed_to_complete);
  ASSERT_TRUE(tell(RetrySaga{"someone"}));
  EXPECT_THAT(called(), ElementsAre(2u));
  EXPECT_EQ(status(), LraStatus::closing);
  ASSERT_TRUE(reply(2, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::closed);
}

TEST_F(Lra, OneThatFailsToCompensateIsShownSoAndIsRetriedBackwards) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{false}));
  ASSERT_TRUE(reply(1, Refused{"no"}));
  EXPECT_EQ(status(), LraStatus::failed_to_cancel);
  ASSERT_TRUE(tell(RetrySaga{"someone"}));
  ASSERT_THAT(called(), ElementsAre(1u));
  EXPECT_EQ(calls.front().direction, Direction::compensation);
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::cancelled);
  EXPECT_FALSE(tell(RetrySaga{"someone"})) << "a cancelled one is over";
}

TEST_F(Lra, AFailedParticipantIsToldToForgetUntilItHas) {
  start();
  LraLinks links = links_of("a");
  links.forget = "http://a/forget";
  ASSERT_TRUE(tell(JoinLra{links}));
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(1, Refused{"no room"}));
  EXPECT_THAT(called(), ElementsAre(1u));
  EXPECT_TRUE(is_told_to_forget(saga.steps[1]));
  ASSERT_TRUE(reply(1, Unavailable{"busy"}));
  EXPECT_EQ(saga.status, SagaStatus::started);
  ASSERT_TRUE(wake());
  ASSERT_TRUE(reply(1, forgotten));
  EXPECT_EQ(status(), LraStatus::failed_to_close);
  EXPECT_TRUE(was_told_to_forget(saga.steps[1]));
  EXPECT_EQ(saga.error, "action of 01 failed: no room");
  ASSERT_TRUE(tell(RetrySaga{"someone"}));
  EXPECT_THAT(called(), ElementsAre(1u));
  EXPECT_FALSE(is_told_to_forget(saga.steps[1])) << "it is asked to complete again";
}

TEST_F(Lra, TheAnswerToForgetIsNeverTakenForDone) {
  start();
  LraLinks links = links_of("a");
  links.forget = "http://a/forget";
  ASSERT_TRUE(tell(JoinLra{links}));
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(1, Refused{"no room"}));
  const StepReply early{1, Direction::action, 1, forgotten, saga.steps[1].tries, saga.steps[1].began_at};
  ASSERT_TRUE(tell(WakeSaga{}));  // it is adopted, and told to forget again
  ASSERT_TRUE(reply(1, forgotten));
  EXPECT_EQ(status(), LraStatus::failed_to_close);
  EXPECT_FALSE(tell(early));
  ASSERT_TRUE(tell(RetrySaga{"someone"}));
  EXPECT_FALSE(tell(early));
  EXPECT_EQ(status(), LraStatus::closing);
}

TEST_F(Lra, AnOperatorMaySkipOneThatIsToldToForget) {
  start();
  LraLinks links = links_of("a");
  links.forget = "http://a/forget";
  ASSERT_TRUE(tell(JoinLra{links}));
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(1, Refused{"no room"}));
  ASSERT_TRUE(tell(AnswerStep{1, Succeeded{}, "done by hand", "someone"}));
  EXPECT_EQ(status(), LraStatus::closed);
}

TEST_F(Lra, OneThatHasFailedIsNotOpenedAgainByTheAnswerToALaterCall) {
  start_with(2);
  ASSERT_TRUE(tell(EndLra{true}));
  const StepReply early{2, Direction::action, 1, Refused{"no room"}, 1, saga.steps[2].began_at};
  ASSERT_TRUE(tell(WakeSaga{}));  // it is adopted, and called again
  ASSERT_TRUE(tell(early));
  EXPECT_THAT(called(), ElementsAre(1u));
  EXPECT_FALSE(reply(2, UnknownOutcome{"no answer"}));
  EXPECT_TRUE(is_given_up(saga, 2));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::failed_to_close);
}

TEST_F(Lra, OneThatWasDoneAfterAllIsNotRetried) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(1, Refused{"no room"}));
  ASSERT_TRUE(reply(1, Succeeded{}));
  ASSERT_TRUE(tell(RetrySaga{"someone"}));
  EXPECT_THAT(called(), IsEmpty());
  EXPECT_EQ(status(), LraStatus::closed);
}

TEST_F(Lra, OnesThatListenAreToldOnceAllOthersHaveEnded) {
  start_with(1);
  ASSERT_TRUE(tell(JoinLra{listener_of("l")}));
  ASSERT_TRUE(tell(EndLra{true}));
  EXPECT_THAT(called(), ElementsAre(1u));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_THAT(called(), ElementsAre(2u));
  EXPECT_EQ(status(), LraStatus::closed) << "it is closed before anybody hears of it";
  EXPECT_EQ(saga.status, SagaStatus::started);
  ASSERT_TRUE(reply(2, Unavailable{"busy"}));
  ASSERT_TRUE(wake());
  ASSERT_TRUE(reply(2, Succeeded{}));
  EXPECT_EQ(saga.status, SagaStatus::completed);
}

TEST_F(Lra, OnesThatListenHearOfACancellationAndOfAFailureToo) {
  start_with(1);
  ASSERT_TRUE(tell(JoinLra{listener_of("l")}));
  ASSERT_TRUE(tell(EndLra{false}));
  ASSERT_TRUE(reply(1, Refused{"no"}));
  EXPECT_THAT(called(), ElementsAre(2u));
  EXPECT_EQ(status(), LraStatus::failed_to_cancel);
  ASSERT_TRUE(reply(2, Succeeded{}));
  EXPECT_EQ(saga.status, SagaStatus::failed);
}

TEST_F(Lra, OneMayListenWhileItIsBeingClosedAndNobodyElseMayJoinThen) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{true}));
  EXPECT_FALSE(tell(JoinLra{links_of("z")}));
  ASSERT_TRUE(tell(JoinLra{listener_of("l")}));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_THAT(called(), ElementsAre(2u));
  EXPECT_FALSE(tell(JoinLra{listener_of("m")})) << "it is closed";
}

TEST_F(Lra, JoiningAgainChangesNothingButTheData) {
  start_with(1);
  ASSERT_TRUE(tell(JoinLra{links_of("a"), "more"}));
  ASSERT_TRUE(tell(JoinLra{links_of("a")}));
  EXPECT_EQ(saga.steps.size(), 2u);
  EXPECT_EQ(saga.own_definition->lra->participants.front().data, "more");
}

TEST_F(Lra, OneThatHasLeftIsNeverCalled) {
  start_with(2);
  ASSERT_TRUE(tell(LeaveLra{"http://b:80/compensate"}));
  EXPECT_FALSE(tell(LeaveLra{"http://b:80/compensate"})) << "it has left";
  ASSERT_TRUE(tell(EndLra{true}));
  EXPECT_THAT(called(), ElementsAre(1u));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::closed);

  start_with(2);
  ASSERT_TRUE(tell(LeaveLra{"http://b:80"}));
  ASSERT_TRUE(tell(EndLra{false}));
  EXPECT_THAT(called(), ElementsAre(1u));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::cancelled);
}

TEST_F(Lra, OneThatRunsOutOfTimeIsCancelled) {
  start(10s);
  ASSERT_TRUE(tell(JoinLra{links_of("a")}));
  ASSERT_TRUE(wake());
  EXPECT_EQ(status(), LraStatus::cancelling);
  EXPECT_EQ(saga.error, "not closed within 10.00 s");
  EXPECT_THAT(called(), ElementsAre(1u));
}

TEST_F(Lra, ClosingItTooLateCancelsItAndNobodyJoinsThen) {
  start(10s);
  ASSERT_TRUE(tell(JoinLra{links_of("a")}));
  now = now + 11s;
  EXPECT_FALSE(tell(JoinLra{links_of("b")}));
  ASSERT_TRUE(tell(EndLra{true}));
  EXPECT_EQ(status(), LraStatus::cancelling);
}

TEST_F(Lra, TimeLimitsOnlyExtend) {
  start();
  ASSERT_TRUE(tell(JoinLra{links_of("a"), {}, 10s}));
  const Timestamp first = saga.wake_at.value();
  EXPECT_EQ(first, now + 10s);
  ASSERT_TRUE(tell(RenewLra{5s}));
  ASSERT_TRUE(tell(RenewLra{0s}));
  EXPECT_EQ(saga.wake_at, first);
  ASSERT_TRUE(tell(JoinLra{links_of("a"), {}, 20s}));
  EXPECT_EQ(saga.wake_at, now + 20s);
}

TEST_F(Lra, ItIsClosedAndCancelledOnce) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{true}));
  for (const bool closes : {true, false}) {
    const auto again = tell(EndLra{closes});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().message, "the LRA is Closing, and no longer Active");
  }
  EXPECT_FALSE(tell(RenewLra{5s}));
  EXPECT_FALSE(tell(LeaveLra{"http://a:80"}));
}

TEST_F(Lra, AnAdopterCallsThoseThatAreOpenAndNotThoseThatHaveFailed) {
  start_with(2);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(2, Refused{"no"}));
  EXPECT_THAT(called(), ElementsAre(1u));
  ASSERT_TRUE(tell(WakeSaga{}));
  EXPECT_THAT(called(), ElementsAre(1u));
}

TEST_F(Lra, AnOperatorCompensatesOneThatFailedToClose) {
  start_with(2);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(2, Refused{"no"}));
  ASSERT_TRUE(reply(1, Succeeded{}));
  ASSERT_TRUE(tell(CompensateSaga{"a person", "someone"}));
  EXPECT_THAT(called(), ElementsAre(2u));
  ASSERT_TRUE(reply(2, Succeeded{}));
  EXPECT_THAT(called(), ElementsAre(1u));
  ASSERT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(status(), LraStatus::cancelled);
}

TEST_F(Lra, AnOperatorDoesNotCompensateOneThatIsClosed) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(1, Succeeded{}));
  ASSERT_EQ(status(), LraStatus::closed);
  const auto refused = tell(CompensateSaga{"a person", "someone"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("is Closed, which is final"));
  EXPECT_EQ(status(), LraStatus::closed);
}

TEST_F(Lra, OneThatCannotBeUndoneUntilTheBudgetIsOverNeedsAPerson) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{false}));
  ASSERT_TRUE(reply(1, Unavailable{"busy"}));
  now = now + 25h;
  ASSERT_TRUE(tell(WakeSaga{saga.wake_at}));
  EXPECT_EQ(status(), LraStatus::failed_to_cancel);
  EXPECT_EQ(saga.error, "compensation of 01 failed: busy");
}

TEST_F(Lra, AMovedParticipantIsCalledWhereItIs) {
  start_with(1);
  ASSERT_TRUE(tell(EndLra{true}));
  ASSERT_TRUE(reply(1, Accepted{1s, "http://a:80/status"}));
  ASSERT_TRUE(tell(MoveLraParticipant{"01", links_of("b")}));
  EXPECT_EQ(saga.steps[1].location, "");
  EXPECT_EQ(saga.own_definition->steps[1].action, "http://b:80/complete");
  EXPECT_FALSE(tell(MoveLraParticipant{"02", links_of("b")}));
  EXPECT_FALSE(tell(MoveLraParticipant{"01", listener_of("b")})) << "it has other links";
}

TEST_F(Lra, AFullOneTakesNobodyElse) {
  start();
  for (std::size_t i = 1; i < steps_max; ++i) ASSERT_TRUE(tell(JoinLra{links_of("p" + std::to_string(i))}));
  const auto refused = tell(JoinLra{links_of("q")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST_F(Lra, UrlsAreSentAsTheyCameButForWhatNoUrlMayHold) {
  EXPECT_EQ(sendable_url("http://h/undo?order=A&B 1&Camel-Saga-Compensate=direct://undo"),
            "http://h/undo?order=A&B%201&Camel-Saga-Compensate=direct://undo");
  EXPECT_EQ(sendable_url("http://h/a%20b?m=jakarta.ws.rs.PUT#x"), "http://h/a%20b?m=jakarta.ws.rs.PUT");
  EXPECT_EQ(sendable_url("http://h/\xC3\xA9\"<>"), "http://h/%C3%A9%22%3C%3E");
}

}  // namespace
}  // namespace sagactl

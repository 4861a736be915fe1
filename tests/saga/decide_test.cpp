#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/saga/play.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t creation = 0, payment = 1, confirmation = 2;

Play& refuse_payment(Play& play) {
  return play.up_to(payment).reply(payment, Refused{"card declined"});
}

TEST(SagaDecide, StartCallsTheFirstStep) {
  Play play;
  play.give(StartSaga{});
  EXPECT_THAT(play.events, ElementsAre("SagaStarted"));
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, creation, Direction::action, 1, 1, false}));
}

TEST(SagaDecide, CompletesWhenEveryStepSucceeds) {
  Play play;
  play.complete();
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
  EXPECT_THAT(play.events, ElementsAre("SagaStarted", "SagaStepCompleted", "SagaStepCompleted", "SagaCompleted"));
  EXPECT_THAT(completed_steps(play.definition, play.saga), ElementsAre("payment_processing", "order_confirmation"));
  EXPECT_EQ(current_step(play.definition, play.saga), "completed");
  EXPECT_FALSE(play.saga.wake_at);
}

TEST(SagaDecide, RefusalBeforeThePivotCompensatesWhatIsInEffect) {
  Play play;
  refuse_payment(play);
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, creation, Direction::compensation, 1, 1, false}));
  play.undone(creation);
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
  EXPECT_EQ(play.saga.error, "card declined");
  EXPECT_THAT(compensation_steps(play.definition, play.saga), ElementsAre("order_cancelled"));
}

TEST(SagaDecide, CompensatesInReverseOrder) {
  Play play;
  play.complete().give(CompensateSaga{"customer changed their mind"});
  EXPECT_EQ(play.calls.at(0).step, payment);
  play.undone(payment);
  EXPECT_EQ(play.calls.at(0).step, creation);
  play.undone(creation);
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
  EXPECT_THAT(compensation_steps(play.definition, play.saga), ElementsAre("payment_refunded", "order_cancelled"));
}

TEST(SagaDecide, RefusalAfterThePivotIsRetriedAndNeverCompensated) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{}).reply(payment, Succeeded{}).reply(confirmation, Refused{"no"});
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  EXPECT_EQ(play.saga.steps[confirmation].status, StepStatus::running);
  play.wait(play.definition.steps[confirmation].retry.budget).timer().reply(confirmation, Refused{"no"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::succeeded);
}

TEST(SagaDecide, UnavailableIsRetriedDirectlyAndUnknownIsQueriedFirst) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{}).reply(payment, Unavailable{"503"}).timer();
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 2, false}));
  play.reply(payment, UnknownOutcome{"timed out"}).timer();
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 3, true}));
}

TEST(SagaDecide, NoAnswerByTheStepsTimeoutIsQueried) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{});
  EXPECT_EQ(*play.saga.wake_at, play.moment.now + play.definition.steps[payment].timeout);
  play.timer();
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 2, true}));
}

TEST(SagaDecide, UnavailableUntilTheBudgetIsUsedUpCompensates) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{});
  for (int i = 0; i < 1000 && play.saga.status == SagaStatus::started; ++i) {
    play.reply(payment, Unavailable{"connection refused"});
    if (play.saga.status == SagaStatus::started) play.timer().wait(5s);
  }
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::failed);
  EXPECT_EQ(play.saga.error, "connection refused");
}

TEST(SagaDecide, UnknownUntilTheBudgetIsUsedUpRequiresInterventionAndIsNotCompensated) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{}).reply(payment, UnknownOutcome{"timed out"});
  play.wait(play.definition.steps[payment].retry.budget).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  EXPECT_EQ(play.events.back(), "SagaFailed");
  play.give(CompensateSaga{"operator"});
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::compensation, 1, 1, true}));
}

TEST(SagaDecide, ALateAnswerToAFailedSagaIsRecordedAndTheSagaStaysFailed) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{}).reply(payment, UnknownOutcome{"timed out"});
  play.wait(play.definition.steps[payment].retry.budget).timer().reply(payment, Succeeded{});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::succeeded);
  play.give(RetrySaga{"operator", false, false});
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  EXPECT_EQ(play.calls.at(0).step, confirmation);
}

TEST(SagaDecide, CompensationThatKeepsFailingEndsInFailedWithManualIntervention) {
  Play play;
  play.complete().give(CompensateSaga{"cancelled"});
  for (int i = 0; i < 1000 && play.saga.status == SagaStatus::compensating; ++i) {
    play.reply(payment, Unavailable{"503"}, Direction::compensation);
    if (play.saga.status == SagaStatus::compensating) play.timer().wait(5s);
  }
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  EXPECT_EQ(play.events.back(), "SagaCompensationFailed");
  play.give(RetrySaga{"operator", false, false});
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_EQ(play.calls.at(0).direction, Direction::compensation);
  play.undone(payment).undone(creation);
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(SagaDecide, CompensationWaitsForTheStepInProgress) {
  struct Row {
    Outcome outcome;
    std::size_t then_undoes;
  };
  for (const Row& row :
       {Row{Succeeded{}, payment}, Row{Refused{"declined"}, creation}, Row{Unavailable{"503"}, creation}}) {
    Play play;
    play.give(StartSaga{}).reply(creation, Succeeded{}).give(CompensateSaga{"cancelled"});
    EXPECT_EQ(play.saga.status, SagaStatus::compensating);
    EXPECT_THAT(play.calls, IsEmpty());
    EXPECT_TRUE(play.saga.wake_at) << "the step is queried if no answer comes";
    play.reply(payment, row.outcome);
    ASSERT_EQ(play.calls.size(), 1u);
    EXPECT_EQ(play.calls[0].step, row.then_undoes);
    EXPECT_EQ(play.calls[0].direction, Direction::compensation);
  }
}

TEST(SagaDecide, RetryOfACompensatedSagaRunsEveryCompensatedStepInANewExecution) {
  Play play;
  refuse_payment(play).undone(creation).give(RetrySaga{"operator", false, false});
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, creation, Direction::action, 2, 1, false}));
  play.reply(creation, Succeeded{});
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 2, 1, false}));
  EXPECT_EQ(play.saga.retries.size(), 1u);
  EXPECT_EQ(play.saga.error, "");
}

TEST(SagaDecide, ChargingARefundedPaymentAgainRequiresRecharge) {
  Play play;
  play.complete().give(CompensateSaga{"x"}).undone(payment).undone(creation);
  play.give(RetrySaga{"operator", false, true});
  ASSERT_TRUE(play.rejection);
  EXPECT_EQ(play.rejection->code, ErrorCode::conflict);
  EXPECT_EQ(play.rejection->members["code"], "RECHARGE_REQUIRED");
  play.give(RetrySaga{"operator", true, true});
  EXPECT_EQ(play.saga.status, SagaStatus::started);
}

TEST(SagaDecide, RefusesACommandInAWrongStatusAndNamesTheRightOnes) {
  Play done;
  done.complete().give(RetrySaga{"operator", false, false});
  ASSERT_TRUE(done.rejection);
  EXPECT_EQ(done.rejection->code, ErrorCode::conflict);
  EXPECT_EQ(done.rejection->members["allowedStatuses"], "failed or compensated");
  Play undone;
  refuse_payment(undone).undone(creation).give(CompensateSaga{"again"});
  ASSERT_TRUE(undone.rejection);
  EXPECT_EQ(undone.rejection->members["allowedStatuses"], "started, completed or failed");
}

TEST(SagaDecide, RepliesAndTimersThatAreOutOfDateAreIgnored) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{});
  const Saga before = play.saga;
  const std::vector<SagaCommand> stale = {StepReply{creation, Direction::action, 1, Succeeded{}},
                                          StepReply{payment, Direction::action, 2, Succeeded{}},
                                          StepReply{payment, Direction::compensation, 1, Succeeded{}},
                                          StepReply{9, Direction::action, 1, Succeeded{}},
                                          WakeSaga{Timestamp{1}},
                                          StartSaga{}};
  for (const SagaCommand& command : stale) {
    play.give(command);
    ASSERT_TRUE(play.rejection) << command.index();
    EXPECT_EQ(play.rejection->code, ErrorCode::retry);
    EXPECT_EQ(play.saga, before);
  }
}

TEST(SagaDecide, AnAdoptedSagaIsQueriedWithAFreshBudget) {
  Play play;
  play.give(StartSaga{}).reply(creation, Succeeded{});
  play.wait(1h).give(WakeSaga{});
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  ASSERT_EQ(play.calls.size(), 1u);
  EXPECT_TRUE(play.calls[0].ask_first);
  EXPECT_EQ(play.saga.owner, (Owner{"node-1", 7}));
}

TEST(Backoff, IsUniformUnderACappedDoublingBound) {
  const RetryPolicy policy{100ms, 1s, 60s};
  struct Row {
    int tries;
    Duration bound;
  };
  for (const Row& row : {Row{1, 100ms}, {2, 200ms}, {3, 400ms}, {4, 800ms}, {5, 1s}, {50, 1s}}) {
    Duration most{0};
    for (std::uint64_t i = 0; i < 2000; ++i)
      most = std::max(most, backoff(policy, row.tries, i * 0x9E3779B97F4A7C15ull));
    EXPECT_LE(most, row.bound);
    EXPECT_GT(most, row.bound * 9 / 10);
  }
}

TEST(SagaDecide, ANegativeAnswerConcernsItsOwnCallAndALaterOneStaysInDoubt) {
  Play play(order_processing_saga);
  play.up_to(payment);
  const StepState first = play.saga.steps[payment];
  play.wait(1s).give(WakeSaga{});  // another node has adopted it, and calls again
  EXPECT_TRUE(play.saga.steps[payment].in_doubt);
  StepReply late{payment, Direction::action, first.execution, Unavailable{"503"}, first.tries, first.began_at};
  play.give(late);
  ASSERT_TRUE(play.rejection);
  EXPECT_EQ(play.rejection->code, ErrorCode::retry);
  EXPECT_TRUE(play.saga.steps[payment].in_doubt);
  late.outcome = Succeeded{};
  play.give(late);
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::succeeded) << "a final answer holds whichever call it answers";
}

}  // namespace
}  // namespace sagactl

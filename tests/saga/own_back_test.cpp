// Users' sagas on their way back: what is undone, in which order, and what comes too late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/saga/own_play.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* asked_alone = R"([{"name":"a","call":{"post":"{p}/do"},"undo":{"post":"{p}/undo"},
                                   "ask":{"get":"{p}/ask"}}])";

TEST(OwnSagaBack, UndoesAgainstTheEdgesAndWhatIsIndependentAtOnce) {
  OwnPlay play(diamond_steps);
  play.done("a").done("b").done("c").done("d").cancel();
  EXPECT_THAT(play.calls, ElementsAre("undo d"));
  EXPECT_THAT(play.done("d").calls, ElementsAre("undo c", "undo b"));
  EXPECT_THAT(play.done("b").calls, IsEmpty());
  EXPECT_THAT(play.done("c").calls, ElementsAre("undo a"));
  play.done("a");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, WhatHasNotBegunIsNotUndone) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  play.done("a").answer("b", Unavailable{"never sent"}).cancel();
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
  EXPECT_EQ(play.status("b"), StepStatus::failed);
}

TEST(OwnSagaBack, AStepWithoutAnUndoIsPassedOver) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","undo":null},{"name":"z","sleep":"1s"}])");
  play.done("a").done("b").cancel();
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, WaitsForTheAnswerToACallThatIsInProgressAndThenUndoesIt) {
  OwnPlay play(R"([{"name":"a"}])");
  EXPECT_THAT(play.cancel().calls, IsEmpty());
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_TRUE(play.saga.wake_at);
  EXPECT_THAT(play.done("a").calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, ACallInProgressThatIsRefusedOrNotMadeIsNotUndone) {
  for (const Outcome& outcome : {Outcome{Refused{"no"}}, Outcome{Unavailable{"withdrawn"}}}) {
    OwnPlay play(R"([{"name":"a"}])");
    play.cancel().answer("a", outcome);
    EXPECT_EQ(play.saga.status, SagaStatus::compensated);
    EXPECT_THAT(play.calls, IsEmpty());
  }
}

TEST(OwnSagaBack, AWithdrawnCallSaysNothingOfAnEarlierOne) {
  OwnPlay play(R"([{"name":"a"}])");
  play.timer().cancel().answer("a", Unavailable{"withdrawn"});
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, ACallInProgressWithoutAnAnswerIsUndone) {
  OwnPlay play(R"([{"name":"a"}])");
  play.cancel();
  EXPECT_THAT(play.timer().calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, WhatWaitsForItsNextTryIsNotTriedAgain) {
  OwnPlay unknown(R"([{"name":"a"}])");
  EXPECT_THAT(unknown.answer("a", UnknownOutcome{"timed out"}).cancel().calls, ElementsAre("undo a"));
  OwnPlay nothing(R"([{"name":"a"}])");
  nothing.answer("a", Unavailable{"503"}).cancel();
  EXPECT_EQ(nothing.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, WhatIsUnderWayIsUndone) {
  OwnPlay play(R"([{"name":"a"}])");
  EXPECT_THAT(play.answer("a", Accepted{5s, "http://p/jobs/1"}).cancel().calls, ElementsAre("undo a"));
  EXPECT_TRUE(play.step("a").location.empty()) << "the undo is not asked for there";
}

TEST(OwnSagaBack, WhatIsNotKnownIsAskedAboutAtItsPaceBeforeItIsUndone) {
  OwnPlay play(asked_alone);
  EXPECT_THAT(play.answer("a", UnknownOutcome{"timed out"}).cancel().calls, ElementsAre("do a ask only"));
  EXPECT_THAT(play.answer("a", Accepted{5s, {}}).calls, IsEmpty()) << "under way: not before its time";
  EXPECT_EQ(play.wakes_in(), 5s);
  EXPECT_THAT(play.timer().calls, ElementsAre("do a ask only"));
  EXPECT_THAT(play.answer("a", UnknownOutcome{"timed out"}).calls, IsEmpty());
  EXPECT_THAT(play.timer().calls, ElementsAre("do a ask only"));
  EXPECT_THAT(play.answer("a", Succeeded{R"({"id":1})"}).calls, ElementsAre("undo a"));
  EXPECT_EQ(play.step("a").kept, R"({"id":1})");
}

TEST(OwnSagaBack, WhatTheParticipantDoesNotKnowYetIsUndoneSinceTheCallMayStillCome) {
  OwnPlay play(asked_alone);
  play.answer("a", UnknownOutcome{"timed out"}).cancel();
  EXPECT_THAT(play.answer("a", Unavailable{"not known", true}).calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, WhatWasUnknownBeforeItWasRefusedAConnectionIsUndone) {
  OwnPlay play(asked_alone);
  play.answer("a", UnknownOutcome{"timed out"}).timer().answer("a", Unavailable{"not known", true});
  play.answer("a", Unavailable{"connection refused"}).cancel();
  EXPECT_THAT(play.calls, ElementsAre("do a ask only"));
  EXPECT_THAT(play.answer("a", Unavailable{"not known", true}).calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, WhatTheParticipantDoesNotKnowCannotBeUndoneByWhatItWouldHaveKept) {
  OwnPlay play(R"([{"name":"a","call":{"post":"{p}/do"},"keep":{"id":"/id"},"undo":{"delete":"{p}/done/{a.id}"},
                    "ask":{"get":"{p}/ask"}}])");
  play.answer("a", UnknownOutcome{"timed out"}).cancel().answer("a", Unavailable{"not known", true});
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, AsksAlsoAfterTheTimeForTriesIsOverAndUndoesWhenThatEnds) {
  OwnPlay play(asked_alone);
  for (int i = 0; i < 200 && play.saga.status == SagaStatus::started; ++i) {
    play.pass(1s).answer("a", UnknownOutcome{"timed out"});
    if (play.saga.status == SagaStatus::started) play.timer();
  }
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_THAT(play.calls, ElementsAre("do a ask only"));
  for (int i = 0; i < 400 && play.status("a") == StepStatus::running; ++i) {
    play.pass(1s).answer("a", UnknownOutcome{"timed out"});
    if (play.status("a") == StepStatus::running) play.timer();
  }
  EXPECT_EQ(play.status("a"), StepStatus::compensating);
}

TEST(OwnSagaBack, TriesThatAllDidNothingAreNotUndoneWhenTheirTimeIsOver) {
  OwnPlay play(R"([{"name":"a"}])");
  for (int i = 0; i < 200 && play.saga.status == SagaStatus::started; ++i) {
    play.pass(1s).answer("a", Unavailable{"503"});
    if (play.saga.status == SagaStatus::started) play.timer();
  }
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, ARefusedStepIsUndoneWhereItsDefinitionSaysSo) {
  OwnPlay play(R"([{"name":"a","call":{"post":"{p}/do"},"undo":{"post":"{p}/undo","also":"refused"}}])");
  EXPECT_THAT(play.answer("a", Refused{"no"}).calls, ElementsAre("undo a"));
  play.done("a");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, ARefusalEndsItsOwnBranchAndTheOthersAreWaitedForAndUndone) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","after":[]},{"name":"c","after":["b"]}])");
  play.done("b").answer("a", Refused{"full"});
  EXPECT_THAT(play.calls, IsEmpty()) << "c is in progress";
  EXPECT_THAT(play.done("c").calls, ElementsAre("undo c"));
  EXPECT_THAT(play.done("c").calls, ElementsAre("undo b"));
  play.done("b");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
  EXPECT_EQ(play.saga.error, "full");
}

TEST(OwnSagaBack, AnUndoThatIsRefusedOrRunsOutOfTimeNeedsAPersonWhoseRetryGoesOnBack) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  play.done("a").done("b").cancel().answer("b", Refused{"too late"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  EXPECT_FALSE(play.saga.wake_at);
  EXPECT_THAT(play.retry().calls, ElementsAre("undo b"));
  for (int i = 0; i < 200 && play.saga.status == SagaStatus::compensating; ++i) {
    play.pass(1s).answer("b", Unavailable{"503"});
    if (play.saga.status == SagaStatus::compensating) play.timer();
  }
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_THAT(play.operator_says("b", Succeeded{}).calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, AnUndoAtAnotherParticipantHasThatOnesTimes) {
  OwnPlay play(R"([{"name":"a","call":{"post":"{p}/do"},"undo":{"post":"{q}/undo","body":"{saga.step_key}"}},
                   {"name":"w","wait":{"for":"1m"}}])",
               R"({"participants":{"p":{"url":"http://p","timeout":"1s","retry":{"budget":"5s"}},
                                   "q":{"url":"http://q","timeout":"30s","retry":{"budget":"1h"}}}})");
  EXPECT_THAT(play.done("a").cancel().calls, ElementsAre("undo a"));
  EXPECT_GT(play.wakes_in(), 30s) << "it is not called again while it may still answer";
  play.pass(10min).answer("a", Unavailable{"503"});
  EXPECT_EQ(play.saga.status, SagaStatus::compensating) << "it is tried for an hour";
  EXPECT_THAT(play.timer().calls, ElementsAre("undo a"));
  EXPECT_EQ(longest_wait(*play.definition), 1h) << "as long as what is under way there may be waited for";
}

TEST(OwnSagaBack, ADoneThatComesAfterItsUndoIsUndoneAgainUnderAnotherKey) {
  OwnPlay play(R"([{"name":"a"}])");
  const StepCall first = play.latest[0];
  play.answer("a", UnknownOutcome{"timed out"}).cancel().done("a");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
  play.answer(first, Succeeded{R"({"id":1})"});
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_EQ(play.step("a").undo_round, 1);
  EXPECT_EQ(play.step("a").kept, R"({"id":1})") << "the undo may need it";
  play.done("a");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, TheAnswerToAnEarlierUndoDoesNotAnswerTheLaterOne) {
  OwnPlay play(R"([{"name":"a"}])");
  const StepCall first = play.latest[0];
  play.answer("a", UnknownOutcome{"timed out"}).cancel();
  const StepCall undo = play.latest[0];
  play.answer(first, Succeeded{}).answer(undo, Succeeded{});
  EXPECT_EQ(play.rejection->code, ErrorCode::retry);
  EXPECT_EQ(play.status("a"), StepStatus::compensating);
}

TEST(OwnSagaBack, ADoneThatWasKnownBeforeTheUndoIsNotUndoneTwice) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  const StepCall first = play.latest[0];
  play.done("a").answer("b", Refused{"no"}).answer(first, Succeeded{});
  EXPECT_EQ(play.rejection->code, ErrorCode::retry) << "while its undo is in progress";
  play.done("a").answer(first, Succeeded{});
  EXPECT_EQ(play.rejection->code, ErrorCode::retry) << "after it";
  EXPECT_EQ(play.step("a").undo_round, 0);
}

TEST(OwnSagaBack, ADoneAfterARefusalIsUndone) {
  OwnPlay play(R"([{"name":"a"}])");
  const StepCall first = play.latest[0];
  play.timer().answer("a", Refused{"in progress"}).answer(first, Succeeded{});
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
  EXPECT_EQ(play.step("a").undo_round, 0) << "it is its first";
}

TEST(OwnSagaBack, AnUndoIsAskedForWhereItIsUnderWay) {
  OwnPlay play(R"([{"name":"a"},{"name":"w","wait":{}}])");
  play.done("a").cancel().answer("a", Accepted{2s, "http://p/undos/1"});
  EXPECT_EQ(play.wakes_in(), 2s);
  EXPECT_THAT(play.timer().calls, ElementsAre("undo a"));
  EXPECT_EQ(play.step("a").location, "http://p/undos/1");
}

TEST(OwnSagaBack, AnAdoptionOfASagaThatGoesBackDoesNothingAgain) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","after":[]}])");
  play.done("a").cancel().adopt();
  EXPECT_THAT(play.calls, ElementsAre("undo a")) << "b may still be called by another node";
  EXPECT_THAT(play.timer().calls, ElementsAre("undo b"));
}

TEST(OwnSagaBack, AnAnswerToTryAgainDoesNothingAgainInASagaThatGoesBack) {
  OwnPlay play(asked_alone);
  play.cancel().operator_says("a", Unavailable{"again"});
  EXPECT_THAT(play.calls, IsEmpty());
  EXPECT_THAT(play.timer().calls, ElementsAre("do a ask only"));
}

TEST(OwnSagaBack, ARetryOfASagaThatFailedOnItsWayBackGoesOnBackWithAllOfIt) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","after":[]},{"name":"w","after":["a","b"],"wait":{}}])");
  play.done("b").cancel().answer("b", Refused{"closed"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  play.retry();
  EXPECT_EQ(play.saga.status, SagaStatus::compensating) << "a is in progress, and is not done again";
  EXPECT_THAT(play.calls, ElementsAre("undo b"));
  EXPECT_THAT(play.done("a").calls, ElementsAre("undo a"));
  play.done("a").done("b");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaBack, AnAnswerForOneStepOfASagaThatFailedOnItsWayBackGoesOnBack) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","after":[]},{"name":"w","after":["a","b"],"wait":{}}])");
  play.done("b").cancel().answer("b", Refused{"closed"}).operator_says("a", Refused{"it is not there"});
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_THAT(play.calls, ElementsAre("undo b"));
}

TEST(OwnSagaBack, ARetriedSagaThatWasCompensatedBeginsAnotherExecution) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  play.done("a").answer("b", Refused{"no"}).done("a").retry();
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  EXPECT_EQ(play.step("a").execution, 2);
  EXPECT_TRUE(play.step("a").kept.empty());
  EXPECT_THAT(play.calls, ElementsAre("do a"));
}

TEST(OwnSagaBack, ACancelAfterThePivotUndoesAllThatHasAnUndo) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","undo":null},{"name":"w","wait":{}}])", R"({"pivot":"a"})");
  play.done("a").done("b");
  EXPECT_THAT(play.cancel().calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, ASagaThatWasCancelledAndStoppedGoesOnBackWhenItIsRetried) {
  OwnPlay play(asked_alone);
  play.answer("a", UnknownOutcome{"timed out"}).cancel().give(StopSaga{"stopped", "someone"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_THAT(play.retry().calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, ASagaThatWasCancelledAndStoppedGoesOnBackWhenItsStepIsToBeTriedAgain) {
  OwnPlay play(asked_alone);
  play.cancel().give(StopSaga{"stopped", "someone"}).operator_says("a", Unavailable{"again"});
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
}

TEST(OwnSagaBack, ASagaThatWasCancelledAndStoppedIsAskedForWhatItsUndoNeeds) {
  OwnPlay play(R"([{"name":"a","call":{"post":"{p}/do"},"keep":{"id":"/id"},"undo":{"delete":"{p}/done/{a.id}"},
                    "ask":{"get":"{p}/ask"}}])");
  play.answer("a", UnknownOutcome{"timed out"}).cancel().give(StopSaga{"stopped", "someone"});
  EXPECT_THAT(play.retry().calls, ElementsAre("do a ask only"));
  EXPECT_THAT(play.answer("a", Succeeded{R"({"id":1})"}).calls, ElementsAre("undo a"));
}

TEST(OwnSagaBack, AStoppedSagaHasFailedAndWakesNoMore) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  play.done("a").give(StopSaga{"stopped", "someone"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_FALSE(play.saga.requires_manual_intervention);
  EXPECT_FALSE(play.saga.wake_at);
  play.done("b");
  EXPECT_EQ(play.status("b"), StepStatus::succeeded) << "what comes is recorded";
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  play.give(StopSaga{"stopped"});
  EXPECT_EQ(play.rejection->code, ErrorCode::conflict);
}

TEST(OwnSagaBack, ASagaThatFailedWithACallInProgressWaitsForItsAnswerWithATimerWhenItIsCancelled) {
  OwnPlay play(R"([{"name":"p"},{"name":"b","after":["p"],"undo":null},{"name":"c","after":["p"],"undo":null}])",
               R"({"pivot":"p"})");
  play.done("p").answer("b", Refused{"no"}).cancel();
  EXPECT_EQ(play.status("c"), StepStatus::running);
  EXPECT_THAT(play.timer().calls, ElementsAre("undo p"));
}

}  // namespace
}  // namespace sagactl

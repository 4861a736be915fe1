// Users' sagas on their way forward: graphs, waits, sleeps, and what each answer of a participant leads to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/saga/own_play.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* asked = R"([{"name":"a","call":{"post":"{p}/do"},"undo":{"post":"{p}/undo"},
                                   "ask":{"get":"{p}/ask"}},{"name":"b"}])";

TEST(OwnSagaForward, AStepStartsWhenAllThatItComesAfterHaveSucceeded) {
  OwnPlay play(diamond_steps);
  EXPECT_THAT(play.calls, ElementsAre("do a"));
  EXPECT_THAT(play.done("a").calls, ElementsAre("do b", "do c"));
  EXPECT_THAT(play.done("c").calls, IsEmpty());
  EXPECT_THAT(play.done("b").calls, ElementsAre("do d"));
  play.done("d");
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
  EXPECT_FALSE(play.saga.wake_at);
}

TEST(OwnSagaForward, WithoutAfterAStepComesAfterTheOneBeforeItAndAnEmptyListIsAtOnce) {
  EXPECT_THAT(OwnPlay(R"([{"name":"a"},{"name":"b"}])").calls, ElementsAre("do a"));
  EXPECT_THAT(OwnPlay(R"([{"name":"a"},{"name":"b","after":[]}])").calls, ElementsAre("do a", "do b"));
}

TEST(OwnSagaForward, NothingIsSaidOfAnEarlierCallBeforeThereIsOne) {
  OwnPlay play(asked);
  EXPECT_FALSE(play.step("a").in_doubt);
  EXPECT_TRUE(play.step("a").calling);
}

TEST(OwnSagaForward, UnknownIsAskedAboutWhereThereIsAQuestionAndElseCalledAgain) {
  OwnPlay play(asked);
  play.answer("a", UnknownOutcome{"timed out"}).timer();
  EXPECT_THAT(play.calls, ElementsAre("do a ask first"));
  play.done("a").answer("b", UnknownOutcome{"timed out"}).timer();
  EXPECT_THAT(play.calls, ElementsAre("do b ask first")) << "the request has no question, and is the same call again";
}

TEST(OwnSagaForward, NoAnswerByTheTimeLimitIsUnknown) {
  OwnPlay play(asked);
  play.timer();
  EXPECT_TRUE(play.step("a").in_doubt);
  EXPECT_THAT(play.calls, ElementsAre("do a ask first"));
}

TEST(OwnSagaForward, NothingHappenedIsTriedAgainWithoutAQuestion) {
  OwnPlay play(asked);
  play.answer("a", Unavailable{"503"});
  EXPECT_FALSE(play.step("a").in_doubt);
  EXPECT_THAT(play.timer().calls, ElementsAre("do a"));
}

TEST(OwnSagaForward, ThatALaterCallDidNothingSaysNothingOfAnEarlierOne) {
  OwnPlay play(R"([{"name":"a"}])");
  play.answer("a", UnknownOutcome{"timed out"}).timer().answer("a", Unavailable{"503"});
  EXPECT_TRUE(play.step("a").in_doubt);
  EXPECT_THAT(play.cancel().calls, ElementsAre("undo a"));
}

TEST(OwnSagaForward, AParticipantThatDoesNotKnowTheCallIsCalledAtOnce) {
  OwnPlay play(asked);
  play.answer("a", UnknownOutcome{"timed out"}).timer().answer("a", Unavailable{"not known", true});
  EXPECT_THAT(play.calls, ElementsAre("do a"));
  EXPECT_TRUE(play.step("a").in_doubt) << "the earlier call may still come";
  EXPECT_THAT(play.answer("a", Unavailable{"503"}).timer().calls, ElementsAre("do a ask first"));
  EXPECT_THAT(play.answer("a", Refused{"no"}).calls, IsEmpty()) << "the answer to its key holds for both";
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaForward, IsNotCalledAgainBeforeRetryAfterNorLaterThanItsBudgetEnds) {
  OwnPlay play(R"([{"name":"a"}])");
  play.answer("a", Unavailable{"429", false, 30s});
  EXPECT_EQ(play.wakes_in(), 30s);
  play.timer().answer("a", Unavailable{"429", false, 1h});
  EXPECT_LE(play.wakes_in(), 30s);
  play.timer();
  EXPECT_EQ(play.saga.status, SagaStatus::compensated) << "nothing was ever in effect";
  EXPECT_THAT(play.calls, IsEmpty());
}

TEST(OwnSagaForward, WhatIsUnderWayIsAskedForAtItsPaceAndItsPlace) {
  OwnPlay play(R"([{"name":"a"}])");
  play.answer("a", Accepted{5s, "http://p/jobs/1"});
  EXPECT_EQ(play.wakes_in(), 5s);
  EXPECT_EQ(play.step("a").location, "http://p/jobs/1");
  EXPECT_TRUE(play.step("a").in_doubt);
  EXPECT_THAT(play.timer().calls, ElementsAre("do a ask first"));
  play.answer("a", UnknownOutcome{"502"});
  EXPECT_EQ(play.step("a").location, "http://p/jobs/1") << "an answer that failed does not move it";
  play.timer().done("a");
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
  EXPECT_TRUE(play.step("a").location.empty());
}

TEST(OwnSagaForward, APlaceThatIsGoneIsForgottenAndSaysNothingOfTheCall) {
  OwnPlay play(R"([{"name":"a"}])");
  play.answer("a", Accepted{5s, "http://p/jobs/1"}).timer().answer("a", Unavailable{"not known", true});
  EXPECT_TRUE(play.step("a").location.empty());
  EXPECT_TRUE(play.step("a").in_doubt);
  EXPECT_THAT(play.calls, ElementsAre("do a ask first"));
}

TEST(OwnSagaForward, ACallBackIsAnAnswerAsWell) {
  OwnPlay play(R"([{"name":"a"}])");
  play.answer("a", Accepted{5s, {}});
  play.give(StepReply{0, Direction::action, 1, Succeeded{R"({"id":1})"}});
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
  EXPECT_EQ(play.step("a").kept, R"({"id":1})");
}

TEST(OwnSagaForward, AnAnswerThatNothingHappenedConcernsItsOwnCallOnly) {
  OwnPlay play(R"([{"name":"a"}])");
  const StepCall first = play.latest[0];
  play.timer().answer(first, Unavailable{"503"});
  EXPECT_EQ(play.rejection->code, ErrorCode::retry);
  play.answer(first, Succeeded{});
  EXPECT_EQ(play.saga.status, SagaStatus::completed) << "that it is done holds whichever call it was";
}

TEST(OwnSagaForward, ASleepTakesItsTimeAlsoThroughAnAdoption) {
  OwnPlay play(R"([{"name":"z","sleep":"10m"},{"name":"a"}])");
  EXPECT_THAT(play.calls, IsEmpty());
  play.pass(9min).adopt();
  EXPECT_EQ(play.status("z"), StepStatus::running);
  EXPECT_LE(play.wakes_in(), 1min);
  play.timer();
  EXPECT_THAT(play.calls, ElementsAre("do a"));
}

TEST(OwnSagaForward, ATimerIsDueWhenItFiresThoughTheClockWasSetBack) {
  OwnPlay play(R"([{"name":"z","sleep":"10s"}])");
  const auto timer = play.saga.wake_at;
  play.pass(-1h).give(WakeSaga{timer});
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
}

TEST(OwnSagaForward, AWaitEndsWithAnAnswerOrIsRefusedWhenItsTimeIsOver) {
  OwnPlay play(R"([{"name":"a"},{"name":"approval","wait":{"for":"24h"}}])");
  play.done("a");
  EXPECT_EQ(play.wakes_in(), 24h);
  OwnPlay late = play;
  play.operator_says("approval", Succeeded{R"({"by":"mo"})"});
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
  EXPECT_EQ(play.step("approval").kept, R"({"by":"mo"})");
  late.timer();
  EXPECT_THAT(late.calls, ElementsAre("undo a"));
  EXPECT_EQ(late.saga.error, "no answer within 24 h");
}

TEST(OwnSagaForward, AWaitWithoutALimitNeedsNoTimer) {
  OwnPlay play(R"([{"name":"approval","wait":{}}])");
  EXPECT_FALSE(play.saga.wake_at);
  play.adopt();
  EXPECT_FALSE(play.saga.wake_at);
  EXPECT_EQ(play.status("approval"), StepStatus::running);
}

TEST(OwnSagaForward, AnAnsweredWaitDoesNotMoveTheDeadline) {
  OwnPlay play(R"([{"name":"approval","wait":{}},{"name":"w","wait":{}}])", R"({"timeout":"1h"})");
  play.pass(50min).operator_says("approval", Succeeded{});
  EXPECT_LE(play.wakes_in(), 10min);
  EXPECT_THAT(play.saga.retries, IsEmpty());
}

TEST(OwnSagaForward, TheDeadlineHoldsUntilThePivotHasSucceeded) {
  const char* steps = R"([{"name":"a"},{"name":"w","wait":{}}])";
  OwnPlay before(steps, R"({"timeout":"15m","pivot":"w"})");
  before.done("a");
  EXPECT_LE(before.wakes_in(), 15min);
  EXPECT_THAT(before.timer().calls, ElementsAre("undo a"));
  EXPECT_EQ(before.saga.error, "not finished within 15 min");
  OwnPlay after(steps, R"({"timeout":"15m","pivot":"a"})");
  after.done("a");
  EXPECT_FALSE(after.saga.wake_at);
}

TEST(OwnSagaForward, NoTimerIsEverFurtherAheadThanTheLongestWaitOfItsDefinition) {
  OwnPlay play(R"([{"name":"a"}])", R"({"timeout":"24h"})");
  EXPECT_EQ(longest_wait(*play.definition), 24h);
}

TEST(OwnSagaForward, TheSagaWakesWithTheEarliestOfItsSteps) {
  OwnPlay play(
      R"([{"name":"z","sleep":"2s"},{"name":"y","after":[],"sleep":"1s"},{"name":"x","after":[],"sleep":"3s"}])");
  EXPECT_EQ(play.saga.wake_at, play.step("y").wake_at);
  play.timer();
  EXPECT_EQ(play.status("y"), StepStatus::succeeded);
  EXPECT_EQ(play.status("z"), StepStatus::running);
  EXPECT_EQ(play.saga.wake_at, play.step("z").wake_at);
}

TEST(OwnSagaForward, AnAdoptionCallsEachStepInProgressOnceAndWithAFreshBudget) {
  OwnPlay play(R"([{"name":"z","sleep":"1s"},{"name":"a","after":[]},{"name":"b","after":["z"]}])");
  play.pass(1h).adopt();
  EXPECT_THAT(play.calls, UnorderedElementsAre("do a ask first", "do b"));
  EXPECT_EQ(play.step("a").tries, 1);
}

TEST(OwnSagaForward, WithoutAPivotARefusalGoesBackFromAnywhere) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  play.done("a").answer("b", Refused{"no"});
  EXPECT_THAT(play.calls, ElementsAre("undo a"));
  EXPECT_EQ(play.status("b"), StepStatus::failed) << "what was refused is not undone";
  play.done("a");
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(OwnSagaForward, ARefusalAfterThePivotNeedsAPerson) {
  OwnPlay play(R"([{"name":"a"},{"name":"b","undo":null}])", R"({"pivot":"a"})");
  play.done("a").answer("b", Refused{"no"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  EXPECT_THAT(play.calls, IsEmpty());
  EXPECT_FALSE(play.saga.wake_at);
  EXPECT_THAT(play.retry().calls, ElementsAre("do b"));
  play.done("b");
  EXPECT_EQ(play.saga.status, SagaStatus::completed);
}

constexpr const char* pivot_without_undo = R"([{"name":"a"},{"name":"p","undo":null},{"name":"b","undo":null}])";

TEST(OwnSagaForward, APivotThatMayBeDoneAndHasNoUndoNeedsAPersonWhenItsBudgetIsOver) {
  OwnPlay play(pivot_without_undo, R"({"pivot":"p"})");
  play.done("a").answer("p", UnknownOutcome{"timed out"}).pass(61s).timer();
  EXPECT_THAT(play.calls, IsEmpty()) << "a is not undone, as p may be in effect";
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_TRUE(play.saga.requires_manual_intervention);
  EXPECT_EQ(play.saga.error, "action of p failed: timed out; it may have been done, and has no undo");
  OwnPlay again = play, done = play, refused = play;
  EXPECT_THAT(again.retry().calls, ElementsAre("do p ask first"));
  EXPECT_THAT(again.done("p").calls, ElementsAre("do b"));
  EXPECT_THAT(done.operator_says("p", Succeeded{}).calls, ElementsAre("do b"));
  EXPECT_THAT(refused.operator_says("p", Refused{"no charge there"}).calls, ElementsAre("undo a"));
  EXPECT_THAT(play.cancel().calls, ElementsAre("undo a")) << "a person may decide so";
}

TEST(OwnSagaForward, TheTimeLimitOfASagaDoesNotTurnItBackWhileItsPivotMayBeDoneAndHasNoUndo) {
  const char* members = R"({"pivot":"p","timeout":"10s"})";
  OwnPlay unknown(pivot_without_undo, members);
  unknown.pass(9s).done("a").timer();
  EXPECT_GT(unknown.moment.now - unknown.saga.created_at, 10s);
  EXPECT_THAT(unknown.calls, ElementsAre("do p ask first")) << "no answer came";
  EXPECT_THAT(OwnPlay(unknown).done("p").calls, ElementsAre("do b"));
  unknown.answer("p", UnknownOutcome{"timed out"}).pass(61s).timer();
  EXPECT_EQ(unknown.saga.status, SagaStatus::failed) << "its budget is over";
  OwnPlay accepted(pivot_without_undo, members);
  accepted.pass(9s).done("a").answer("p", Accepted{1s, "/p/1"}).timer();
  EXPECT_THAT(accepted.pass(2s).answer("p", Unavailable{"503"}).calls, IsEmpty());
  EXPECT_EQ(accepted.saga.status, SagaStatus::started) << "the participant still works on it";
  OwnPlay done(pivot_without_undo, members);
  EXPECT_THAT(done.pass(9s).done("a").pass(2s).done("p").calls, ElementsAre("do b"));
  OwnPlay nothing(pivot_without_undo, members);
  EXPECT_THAT(nothing.pass(9s).done("a").pass(2s).answer("p", Unavailable{"503"}).calls, ElementsAre("undo a"));
  OwnPlay waits(pivot_without_undo, members);
  waits.pass(9s).done("a").answer("p", Unavailable{"503", false, 30s}).timer();
  EXPECT_THAT(waits.calls, ElementsAre("undo a")) << "nothing was done, and nobody is called";
}

TEST(OwnSagaForward, ARetryOfAFailedGraphCallsAllThatWasInProgress) {
  OwnPlay play(R"([{"name":"p"},{"name":"b","after":["p"],"undo":null},{"name":"c","after":["p"],"undo":null},
                   {"name":"w","after":["p"],"wait":{"for":"1m"}}])",
               R"({"pivot":"p"})");
  play.done("p").answer("b", Refused{"no"}).answer("c", UnknownOutcome{"timed out"});
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  play.pass(1h).retry();
  EXPECT_THAT(play.calls, ElementsAre("do b", "do c ask first"));
  EXPECT_EQ(play.step("w").wake_at, play.moment.now + 1min) << "a wait that was over begins again";
}

TEST(OwnSagaForward, WhatIsRefusedWhenTwoStepsWakeAtOnceCallsNobodyAfterwards) {
  OwnPlay play(
      R"([{"name":"p"},{"name":"w","after":["p"],"wait":{"for":"1s"}},{"name":"b","after":["p"],"undo":null}])",
      R"({"pivot":"p"})");
  play.done("p").answer("b", Unavailable{"503", false, 1s}).pass(5s).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::failed);
  EXPECT_THAT(play.calls, IsEmpty());
}

TEST(OwnSagaForward, AnswersForAStepOnlyWhileItIsInProgress) {
  OwnPlay play(R"([{"name":"a"},{"name":"b"}])");
  play.operator_says("b", Succeeded{});
  EXPECT_EQ(play.rejection->code, ErrorCode::conflict) << "pending";
  play.operator_says("a", Unavailable{"again"});
  EXPECT_THAT(play.calls, ElementsAre("do a ask first")) << "running: called again, and the earlier call is not known";
  play.operator_says("a", Succeeded{}).operator_says("a", Succeeded{});
  EXPECT_EQ(play.rejection->code, ErrorCode::conflict) << "succeeded";
  play.operator_says("b", Refused{"no"});
  EXPECT_EQ(play.status("a"), StepStatus::compensating);
  play.operator_says("b", Refused{"no"});
  EXPECT_EQ(play.rejection->code, ErrorCode::conflict) << "failed";
  EXPECT_THAT(play.operator_says("a", Unavailable{"again"}).calls, ElementsAre("undo a"));
  play.operator_says("a", Succeeded{});
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
  play.operator_says("a", Succeeded{});
  EXPECT_EQ(play.rejection->code, ErrorCode::conflict) << "compensated";
}

}  // namespace
}  // namespace sagactl

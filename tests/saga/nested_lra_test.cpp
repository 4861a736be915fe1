// LRAs that are nested: each ends by itself, and a closed one can be undone until nothing above it can be.
#include <gmock/gmock.h>

#include "server/participants/calls/lra_call.hpp"
#include "tests/saga/lra_family.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class NestedLra : public testing::Test {
 protected:
  // "outer", in which "inner" is nested; each has a participant of that name.
  void start_two() {
    outer = lras.start();
    ASSERT_TRUE(lras.join(outer, "outer"));
    inner = lras.start(outer);
    ASSERT_TRUE(lras.join(inner, "inner"));
  }
  LraFamily lras;
  SagaId outer, inner;
};

TEST_F(NestedLra, ClosesByItselfAndThenWaitsForItsParentWithoutATimer) {
  start_two();
  ASSERT_TRUE(lras.end(inner, true));
  EXPECT_THAT(lras.called(), ElementsAre("PUT inner/complete"));
  EXPECT_EQ(lras.status(inner), LraStatus::closed);
  EXPECT_EQ(lras[inner].status, SagaStatus::started);
  EXPECT_FALSE(lras[inner].wake_at);
  EXPECT_EQ(lras.status(outer), LraStatus::active);
}

TEST_F(NestedLra, MayForgetOnceItsParentIsClosed) {
  start_two();
  ASSERT_TRUE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(outer, true));
  EXPECT_THAT(lras.called(), ElementsAre("PUT inner/complete", "PUT outer/complete", "DELETE inner/forget"));
  for (const SagaId id : {outer, inner}) {
    EXPECT_EQ(lras.status(id), LraStatus::closed);
    EXPECT_EQ(lras[id].status, SagaStatus::completed);
  }
}

TEST_F(NestedLra, ThatIsClosedIsCompensatedWhenItsParentIsCancelled) {
  start_two();
  ASSERT_TRUE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(outer, false));
  EXPECT_THAT(lras.called(), ElementsAre("PUT inner/complete", "PUT inner/compensate", "PUT outer/compensate"));
  for (const SagaId id : {outer, inner}) {
    EXPECT_EQ(lras.status(id), LraStatus::cancelled);
    EXPECT_EQ(lras[id].status, SagaStatus::compensated);
  }
  EXPECT_EQ(lras[inner].error, "its parent is cancelled");
}

TEST_F(NestedLra, ThatIsActiveEndsAsItsParentDoes) {
  for (const bool closes : {true, false}) {
    lras = {};
    start_two();
    ASSERT_TRUE(lras.end(outer, closes));
    for (const SagaId id : {outer, inner})
      EXPECT_EQ(lras.status(id), closes ? LraStatus::closed : LraStatus::cancelled);
    if (closes)
      EXPECT_THAT(lras.called(), ElementsAre("PUT inner/complete", "PUT outer/complete", "DELETE inner/forget"));
    else
      EXPECT_THAT(lras.called(), ElementsAre("PUT inner/compensate", "PUT outer/compensate"));
  }
}

TEST_F(NestedLra, ThatIsCancelledLeavesItsParentAsItIs) {
  start_two();
  ASSERT_TRUE(lras.end(inner, false));
  EXPECT_EQ(lras.status(inner), LraStatus::cancelled);
  EXPECT_EQ(lras.status(outer), LraStatus::active);
  ASSERT_TRUE(lras.end(outer, true));
  EXPECT_EQ(lras.status(outer), LraStatus::closed);
  EXPECT_THAT(lras.called(), ElementsAre("PUT inner/compensate", "PUT outer/complete"));
}

TEST_F(NestedLra, ThatIsClosedMayBeCancelledByItsClientUntilItsParentIsClosed) {
  start_two();
  ASSERT_TRUE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(inner, true)) << "once more is the same";
  ASSERT_TRUE(lras.end(inner, false));
  EXPECT_EQ(lras.status(inner), LraStatus::cancelled);
  EXPECT_THAT(lras.called(), ElementsAre("PUT inner/complete", "PUT inner/compensate"));
  EXPECT_FALSE(lras.end(inner, true));

  start_two();
  ASSERT_TRUE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(outer, true));
  const auto late = lras.end(inner, false);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message, "the LRA is Closed, and no longer Active");
  const auto by_person = lras.tell(inner, CompensateSaga{"a mistake", "someone"});
  ASSERT_FALSE(by_person);
  EXPECT_THAT(by_person.error().message, HasSubstr("may forget how to compensate"));
  EXPECT_FALSE(lras.tell(outer, CompensateSaga{"a mistake", "someone"}));
}

TEST_F(NestedLra, OfThreeLevelsForgetOnlyWhenTheOutermostIsClosed) {
  start_two();
  const SagaId innermost = lras.start(inner);
  ASSERT_TRUE(lras.join(innermost, "innermost"));
  ASSERT_TRUE(lras.end(innermost, true));
  ASSERT_TRUE(lras.end(inner, true));
  EXPECT_THAT(lras.called(), ElementsAre("PUT innermost/complete", "PUT inner/complete"));
  ASSERT_TRUE(lras.end(outer, true));
  EXPECT_THAT(lras.called(), ElementsAre("PUT innermost/complete", "PUT inner/complete", "PUT outer/complete",
                                         "DELETE inner/forget", "DELETE innermost/forget"));
  for (const SagaId id : {outer, inner, innermost}) EXPECT_EQ(lras[id].status, SagaStatus::completed);
}

TEST_F(NestedLra, OfThreeLevelsAreAllCompensatedWhenTheOutermostIsCancelled) {
  start_two();
  const SagaId innermost = lras.start(inner);
  ASSERT_TRUE(lras.join(innermost, "innermost"));
  ASSERT_TRUE(lras.end(inner, true));
  EXPECT_EQ(lras.status(innermost), LraStatus::closed) << "its parent was closed";
  ASSERT_TRUE(lras.end(outer, false));
  for (const SagaId id : {outer, inner, innermost}) EXPECT_EQ(lras[id].status, SagaStatus::compensated);
}

TEST_F(NestedLra, ThatFailsToCloseFailsItsParentUntilAPersonHasRetriedBoth) {
  start_two();
  lras.fails = {"inner/complete"};
  ASSERT_TRUE(lras.end(outer, true));
  EXPECT_EQ(lras.status(inner), LraStatus::failed_to_close);
  EXPECT_EQ(lras.status(outer), LraStatus::failed_to_close);
  EXPECT_EQ(lras[outer].error, "action of 02 failed: answered 409: FailedToComplete");
  lras.fails.clear();
  ASSERT_TRUE(lras.tell(inner, RetrySaga{"someone"}));
  EXPECT_EQ(lras.status(inner), LraStatus::closed);
  ASSERT_TRUE(lras.tell(outer, RetrySaga{"someone"}));
  for (const SagaId id : {outer, inner}) EXPECT_EQ(lras[id].status, SagaStatus::completed);
}

TEST_F(NestedLra, ThatFailedToCloseIsCompensatedWithItsParent) {
  start_two();
  lras.fails = {"inner/complete"};
  ASSERT_TRUE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(outer, false));
  for (const SagaId id : {outer, inner}) EXPECT_EQ(lras[id].status, SagaStatus::compensated);
}

TEST_F(NestedLra, ThatFailsToCancelFailsACancelledParentAndNotAClosedOne) {
  for (const bool closes : {true, false}) {
    lras = {};
    start_two();
    lras.fails = {"inner/compensate"};
    ASSERT_TRUE(lras.end(inner, false));
    ASSERT_TRUE(lras.end(outer, closes));
    EXPECT_EQ(lras.status(inner), LraStatus::failed_to_cancel);
    EXPECT_EQ(lras.status(outer), closes ? LraStatus::closed : LraStatus::failed_to_cancel);
  }
}

TEST_F(NestedLra, IsAskedAgainByAParentThatDidNotHearOfItsEnd) {
  start_two();
  lras.keep_quiet();
  ASSERT_TRUE(lras.end(outer, true));
  EXPECT_EQ(lras.status(inner), LraStatus::closed);
  lras.pass(1min);
  for (const SagaId id : {outer, inner}) EXPECT_EQ(lras[id].status, SagaStatus::completed);
}

TEST_F(NestedLra, EndsAlsoWhenEveryCommandIsFollowedByAnAdoption) {
  for (const bool inner_first : {true, false})
    for (const bool closes : {true, false}) {
      lras = {};
      start_two();
      lras.adopt_always();
      if (inner_first) {
        ASSERT_TRUE(lras.end(inner, true));
      }
      ASSERT_TRUE(lras.end(outer, closes));
      lras.pass(1h);
      for (const SagaId id : {outer, inner})
        EXPECT_EQ(lras[id].status, closes ? SagaStatus::completed : SagaStatus::compensated);
    }
}

TEST_F(NestedLra, ThatRunsOutOfTimeIsCancelledAlone) {
  outer = lras.start();
  inner = lras.start(outer, 10s);
  ASSERT_TRUE(lras.join(inner, "inner"));
  lras.pass(11s);
  EXPECT_EQ(lras.status(inner), LraStatus::cancelled);
  EXPECT_EQ(lras.status(outer), LraStatus::active);
}

TEST_F(NestedLra, OfAParentThatRunsOutOfTimeIsCompensated) {
  outer = lras.start({}, 10s);
  inner = lras.start(outer);
  ASSERT_TRUE(lras.join(inner, "inner"));
  ASSERT_TRUE(lras.end(inner, true));
  lras.pass(1min);
  EXPECT_EQ(lras.status(outer), LraStatus::cancelled);
  EXPECT_EQ(lras.status(inner), LraStatus::cancelled);
}

TEST_F(NestedLra, TellsThoseThatListenOfEachEnd) {
  start_two();
  ASSERT_TRUE(lras.join(inner, "late", {"after"}));
  ASSERT_TRUE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(outer, false));
  EXPECT_THAT(lras.called(),
              ElementsAre("PUT late/complete", "PUT inner/complete", "PUT late/after", "PUT late/compensate",
                          "PUT inner/compensate", "PUT late/after", "PUT outer/compensate"));
}

TEST_F(NestedLra, TakesAParticipantAgainThatHasJoinedAndNoOtherOnceItIsClosed) {
  start_two();
  ASSERT_TRUE(lras.end(inner, true));
  EXPECT_TRUE(lras.join(inner, "inner"));
  EXPECT_FALSE(lras.join(inner, "other"));
}

TEST_F(NestedLra, NeitherLeavesItsParentNorMoves) {
  start_two();
  const LraLinks links = lras[outer].own_definition->lra->participants.back().links;
  EXPECT_FALSE(lras.tell(outer, LeaveLra{links.compensate}));
  EXPECT_FALSE(lras.tell(outer, MoveLraParticipant{"02", links}));
  EXPECT_THAT(lras.called(), IsEmpty());
}

TEST_F(NestedLra, JoinsOnlyAParentThatIsActive) {
  outer = lras.start();
  ASSERT_TRUE(lras.end(outer, true));
  const auto late = lras.tell(outer, EnlistLra{SagaId::fresh(), {}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::conflict);
}

TEST_F(NestedLra, IsToldToForgetOnlyWhenItIsClosed) {
  start_two();
  const auto early = lras.tell(inner, TellLra{LraWord::forget});
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().message, "the LRA is Active; one that is Closed may forget");
  EXPECT_EQ(lras.tell(outer, TellLra{LraWord::complete}).error().code, ErrorCode::not_found);
}

TEST_F(NestedLra, WhoseParentWasStoppedByAPersonIsEndedByAPerson) {
  for (const bool stays : {true, false}) {
    lras = {};
    start_two();
    ASSERT_TRUE(lras.end(inner, true));
    ASSERT_TRUE(lras.tell(outer, StopSaga{"dropped", "someone"}));
    EXPECT_EQ(lras.status(inner), LraStatus::closed);
    const Outcome answer = stays ? Outcome{Succeeded{}} : Outcome{Refused{"not wanted"}};
    ASSERT_TRUE(lras.tell(inner, AnswerStep{lra_parent_step_index, answer, "by hand", "someone"}));
    EXPECT_EQ(lras[inner].status, stays ? SagaStatus::completed : SagaStatus::compensated);
  }
}

TEST_F(NestedLra, ThatAPersonHasStoppedCountsAsFailed) {
  start_two();
  ASSERT_TRUE(lras.tell(inner, StopSaga{"dropped", "someone"}));
  EXPECT_EQ(lras.status(inner), LraStatus::failed_to_cancel);
  EXPECT_FALSE(lras.end(inner, true));
  ASSERT_TRUE(lras.end(outer, false));
  EXPECT_EQ(lras.status(outer), LraStatus::failed_to_cancel);
}

TEST_F(NestedLra, HasItsParentInItsIdAndInEveryCall) {
  start_two();
  EXPECT_EQ(lras.id_of(inner), "http://node/lra-coordinator/" + inner.text() +
                                   "?ParentLRA=http%3A%2F%2Fnode%2Flra-coordinator%2F" + outer.text());
  const SagaId innermost = lras.start(inner);
  EXPECT_EQ(saga_of_lra_id(lras.id_of(innermost)), innermost);
  ASSERT_TRUE(lras.end(inner, true));
  EXPECT_EQ(lras.headers["Long-Running-Action"], lras.id_of(inner));
  EXPECT_EQ(lras.headers["Long-Running-Action-Parent"], lras.id_of(outer));
  EXPECT_EQ(saga_of_lra_id(outer.text()), outer);
  EXPECT_EQ(saga_of_lra_id("http%253A%252F%252Fnode%252Flra-coordinator%252F" + outer.text()), outer);
  EXPECT_EQ(saga_of_lra_id("http://node/lra-coordinator/0_ffff7f000001_1"), std::nullopt);
}

}  // namespace
}  // namespace sagactl

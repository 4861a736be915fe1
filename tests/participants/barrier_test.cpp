#include "server/participants/barrier.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const StepCall action{SagaId{}, 1, Direction::action, 1, 1, false};
const StepCall compensation{SagaId{}, 1, Direction::compensation, 1, 1, false};

TEST(Barrier, PassesTheFirstCallAndRepeatsItsAnswerToTheNext) {
  for (const Outcome& outcome : {Outcome{Succeeded{}}, Outcome{Refused{"declined"}}}) {
    std::vector<Barrier> barriers;
    EXPECT_FALSE(answer_from_barriers(barriers, action, false));
    record_barrier(barriers, 1, Direction::action, 1, outcome);
    EXPECT_EQ(answer_from_barriers(barriers, action, true), outcome);
    EXPECT_EQ(barriers.size(), 1u);
  }
}

TEST(Barrier, AnOutcomeThatIsNotFinalLeavesNoBarrier) {
  std::vector<Barrier> barriers;
  record_barrier(barriers, 1, Direction::action, 1, Unavailable{"503"});
  record_barrier(barriers, 1, Direction::action, 1, UnknownOutcome{"timed out"});
  EXPECT_TRUE(barriers.empty());
}

TEST(Barrier, ACompensationWhoseActionNeverRanDoesNothingAndBlocksTheLateAction) {
  std::vector<Barrier> barriers;
  EXPECT_EQ(answer_from_barriers(barriers, compensation, false), Outcome{Succeeded{}});
  EXPECT_EQ(answer_from_barriers(barriers, action, false), Outcome{Refused{"its compensation came first"}});
  EXPECT_EQ(answer_from_barriers(barriers, compensation, false), Outcome{Succeeded{}});
}

TEST(Barrier, ACompensationOfAStartedActionPassesOnce) {
  std::vector<Barrier> began;
  EXPECT_FALSE(answer_from_barriers(began, compensation, true));
  std::vector<Barrier> ran;
  record_barrier(ran, 1, Direction::action, 1, Succeeded{});
  EXPECT_FALSE(answer_from_barriers(ran, compensation, false));
  record_barrier(ran, 1, Direction::compensation, 1, Succeeded{});
  EXPECT_EQ(answer_from_barriers(ran, compensation, false), Outcome{Succeeded{}});
}

TEST(Barrier, AnotherExecutionHasABarrierOfItsOwn) {
  std::vector<Barrier> barriers;
  record_barrier(barriers, 1, Direction::action, 1, Succeeded{});
  StepCall second = action;
  second.execution = 2;
  EXPECT_FALSE(answer_from_barriers(barriers, second, false));
}

TEST(Barrier, ARefusalThatIsNotFinalDoesNotAnswerALaterCall) {
  std::vector<Barrier> barriers;
  record_barrier(barriers, 3, Direction::action, 1, Refused{"sold out"}, false);
  EXPECT_TRUE(barriers.empty());
  barriers.push_back({3, Direction::action, 1, false, "sold out"});
  const StepCall call{SagaId{}, 3, Direction::action};
  EXPECT_FALSE(answer_from_barriers(barriers, call, true, false));
  EXPECT_TRUE(answer_from_barriers(barriers, call, true, true));
}

TEST(Barrier, OnlyActionsUpToThePivotAreRefusedPermanently) {
  const SagaDefinition& purchase = *find_definition(item_purchase_saga);
  for (std::size_t step = 0; step < purchase.steps.size(); ++step) {
    EXPECT_EQ(refusal_is_final(&purchase, step, Direction::action), step <= purchase.pivot);
    EXPECT_FALSE(refusal_is_final(&purchase, step, Direction::compensation));
  }
}

}  // namespace
}  // namespace sagactl

// Steps that wait for a confirmation from outside, and the time limit of a saga before its pivot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/saga/play.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t creation = 0, payment = 1, reservation = 2, completion = 3;  // of a checkout

// A checkout whose payment waits for the shop.
Play awaiting() {
  Play play(checkout_saga);
  play.up_to(payment).reply(payment, Awaited{"the shop has not confirmed"});
  return play;
}

Duration budget_of(const Play& play) {
  return play.definition.steps[payment].retry.budget;
}

TEST(SagaAwaited, IsNotTriedUntilTheBudgetIsUsedUp) {
  Play play = awaiting();
  EXPECT_FALSE(play.rejection);
  EXPECT_THAT(play.calls, IsEmpty());
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::running);
  EXPECT_FALSE(play.saga.steps[payment].in_doubt) << "nothing has been done";
  EXPECT_EQ(play.saga.steps[payment].error, "the shop has not confirmed");
  EXPECT_EQ(play.saga.wake_at, play.saga.steps[payment].began_at + budget_of(play));
}

TEST(SagaAwaited, AtTheEndOfTheBudgetTheStepHasFailedAndTheSagaCompensates) {
  Play play = awaiting();
  play.timer();
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::failed);
  EXPECT_EQ(play.saga.error, "the shop has not confirmed");
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, creation, Direction::compensation, 1, 1, false}));
}

TEST(SagaAwaited, CompensationDoesNotWaitForWhatIsAwaited) {
  Play play = awaiting();
  play.give(CompensateSaga{"cancelled"});
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::failed);
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, creation, Direction::compensation, 1, 1, false}));
  play.undone(creation);
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
}

TEST(SagaAwaited, ACompensatingSagaTreatsAwaitedAsNotDone) {
  Play play(checkout_saga);
  play.up_to(payment).give(CompensateSaga{"cancelled"}).reply(payment, Awaited{"not confirmed"});
  EXPECT_EQ(play.saga.steps[payment].status, StepStatus::failed);
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, creation, Direction::compensation, 1, 1, false}));
}

TEST(SagaAwaited, ProceedTriesTheStepWithAFreshBudget) {
  Play play = awaiting();
  play.wait(budget_of(play) - 1s).give(ProceedSaga{});
  EXPECT_FALSE(play.rejection);
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 1, false}));
  play.wait(2s).reply(payment, Unavailable{"503"}).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::started) << "the waiting time does not count";
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 2, false}));
}

TEST(SagaAwaited, TheTimerOfTheWaitIsIgnoredAfterProceed) {
  Play play = awaiting();
  const auto timer = play.saga.wake_at;
  play.wait(1s).give(ProceedSaga{}).wait(budget_of(play)).give(WakeSaga{timer});
  ASSERT_TRUE(play.rejection);
  EXPECT_EQ(play.rejection->code, ErrorCode::retry);
}

TEST(SagaAwaited, AnAdoptedSagaCallsAgainAndWaitsAgain) {
  Play play = awaiting();
  play.wait(1h).give(WakeSaga{});
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 1, false}));
  play.reply(payment, Awaited{"not confirmed"});
  EXPECT_EQ(play.saga.wake_at, play.moment.now + budget_of(play));
}

TEST(SagaAwaited, ProceedQueriesATryInDoubtFirst) {
  Play play(checkout_saga);
  play.up_to(payment).reply(payment, UnknownOutcome{"timed out"}).give(ProceedSaga{});
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, payment, Direction::action, 1, 1, true}));
}

TEST(SagaAwaited, OnlyAStartedSagaCanProceed) {
  Play done(checkout_saga), undoing(checkout_saga), undone(checkout_saga);
  done.complete();
  undoing.complete().give(CompensateSaga{"x"});
  undone.up_to(payment).reply(payment, Refused{"declined"}).undone(creation);
  for (Play* play : {&done, &undoing, &undone}) {
    const Saga before = play->saga;
    play->give(ProceedSaga{});
    ASSERT_TRUE(play->rejection) << current_step(play->definition, before);
    EXPECT_EQ(play->rejection->code, ErrorCode::conflict);
    EXPECT_EQ(play->saga, before);
  }
}

TEST(SagaTimeout, BeforeThePivotNoTryStartsWhenTheSagaHasTakenTooLong) {
  Play play(checkout_saga);
  play.up_to(payment).wait(play.definition.timeout - 1s).give(WakeSaga{});
  play.reply(payment, Unavailable{"503"}).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  play.reply(payment, Unavailable{"503"}).wait(2s).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::compensating)
      << "the saga's time is used up, although the step's budget is not";
  EXPECT_EQ(play.saga.error, "503");
}

TEST(SagaTimeout, AfterThePivotOnlyTheStepsBudgetCounts) {
  Play play(item_purchase_saga);
  const std::size_t after = play.definition.pivot + 1;
  play.up_to(after).wait(play.definition.timeout * 2).give(WakeSaga{}).reply(after, Unavailable{"503"}).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::started);
  EXPECT_THAT(play.calls, ElementsAre(StepCall{play.saga.id, after, Direction::action, 1, 2, false}));
}

TEST(SagaTimeout, DoesNotLimitCompensation) {
  Play play(checkout_saga);
  play.complete().wait(play.definition.timeout * 2).give(CompensateSaga{"x"});
  play.reply(reservation, Unavailable{"503"}, Direction::compensation).timer();
  EXPECT_EQ(play.saga.status, SagaStatus::compensating);
}

TEST(SagaTimeout, IsRestartedByARetry) {
  Play play(checkout_saga);
  play.up_to(payment).reply(payment, Refused{"declined"}).undone(creation).wait(play.definition.timeout * 2);
  play.give(RetrySaga{"operator", false, false})
      .reply(creation, Succeeded{})
      .reply(payment, Unavailable{"503"})
      .timer();
  EXPECT_EQ(play.saga.status, SagaStatus::started);
}

TEST(SagaRetry, ContinuesFromTheEarliestStepThatIsNotInEffect) {
  const SagaDefinition& definition = *find_definition(item_purchase_saga);
  for (std::size_t failing = definition.pivot + 1; failing < definition.steps.size(); ++failing) {
    Play one(item_purchase_saga);
    one.up_to(failing).wait(one.definition.steps[failing].retry.budget).reply(failing, Refused{"no"});
    ASSERT_EQ(one.saga.status, SagaStatus::failed);
    one.give(RetrySaga{"operator", false, false});
    EXPECT_EQ(one.saga.retries.at(0).from_step, one.definition.steps[failing].name);
    EXPECT_THAT(one.calls, ElementsAre(StepCall{one.saga.id, failing, Direction::action, 1, 1, false}));
    for (std::size_t i = failing; i < one.definition.steps.size(); ++i) one.reply(i, Succeeded{});
    EXPECT_EQ(one.saga.status, SagaStatus::completed);
  }
}

TEST(SagaDefinition, EveryStepBeforeThePivotHasACompensationAndStepNamesAreUnique) {
  for (const SagaDefinition& definition : definitions()) {
    SCOPED_TRACE(definition.name);
    ASSERT_LT(definition.pivot, definition.steps.size());
    std::set<std::string_view> names;
    std::set<std::pair<AggregateType, EventType>> ruled;
    for (std::size_t i = 0; i < definition.steps.size(); ++i) {
      const StepDefinition& step = definition.steps[i];
      EXPECT_TRUE(names.insert(step.name).second) << step.name;
      EXPECT_EQ(step.compensation.empty(), step.compensated_as.empty()) << step.name;
      if (i < definition.pivot) {
        EXPECT_FALSE(step.compensation.empty()) << step.name << " needs a compensation";
      }
      EXPECT_LE(step.retry.budget, definition.timeout);
    }
    for (const TopicRule& rule : definition.topics)
      EXPECT_TRUE(ruled.emplace(rule.aggregate, rule.event).second) << rule.topic;
    EXPECT_EQ(find_definition(definition.name), &definition);
  }
  EXPECT_EQ(find_definition("NoSuchSaga"), nullptr);
}

TEST(SagaDefinition, ACheckoutCompensatesInReverseOrder) {
  Play play(checkout_choreography_saga);
  play.complete().give(CompensateSaga{"x"}).undone(reservation).undone(payment).undone(creation);
  EXPECT_EQ(play.saga.status, SagaStatus::compensated);
  EXPECT_THAT(compensation_steps(play.definition, play.saga),
              ElementsAre("RELEASE_INVENTORY", "REFUND_PAYMENT", "CANCEL_ORDER"));
  EXPECT_EQ(play.saga.steps[completion].status, StepStatus::compensated);
}

}  // namespace
}  // namespace sagactl

#include "analysis/journey_verdict.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

// Ten journeys of an order and its payment, of which so many were not paid.
RunResult journeys_with(StepEnd end, int count) {
  RunResult load;
  load.ledger.phases = {{"individual", false}};
  load.ledger.steps = {{"create", true}, {"pay", false}};
  for (int i = 0; i < 10; ++i) {
    LedgerEntry order;
    order.operation = static_cast<std::uint64_t>(i);
    order.planned = order.sent = {1'000'000};
    order.done = {2'000'000};
    order.step_end = StepEnd::next;
    load.ledger.entries.push_back(order);
    LedgerEntry payment = order;
    payment.step = 1;
    payment.http_status = 402;
    payment.step_end = i < count ? end : StepEnd::last;
    load.ledger.step_entries.push_back(payment);
  }
  load.journeys = journey_figures_of(load.ledger);
  load.unexpected_answers = {"", "HTTP 402 declined"};
  return load;
}

TEST(JourneyVerdict, PassesWhenEveryAnswerWasExpected) {
  const auto verdict = journeys_go_as_described(journeys_with(StepEnd::last, 0));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->ruling, Ruling::pass);
  EXPECT_EQ(verdict->reason, "10 of 10 journeys came to the end, and no answer was unexpected");
}

TEST(JourneyVerdict, FailsWithTheStepTheRequestsAndTheFirstAnswer) {
  for (const StepEnd end : {StepEnd::unexpected, StepEnd::no_value, StepEnd::not_in_time}) {
    const auto verdict = journeys_go_as_described(journeys_with(end, 2));
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->ruling, Ruling::fail);
    EXPECT_EQ(verdict->reason.find("step 'pay': 2 answers "), 0u) << verdict->reason;
    EXPECT_EQ(verdict->witness["rows"].size(), 2u);
    EXPECT_EQ(verdict->witness["why"][0], "the first such answer: HTTP 402 declined");
  }
}

TEST(JourneyVerdict, IsUnknownWhenTooManyStepsGotNoAnswer) {
  EXPECT_EQ(journeys_go_as_described(journeys_with(StepEnd::unanswered, 2))->ruling, Ruling::unknown);
  EXPECT_EQ(journeys_go_as_described(journeys_with(StepEnd::unanswered, 2), 0.2)->ruling, Ruling::pass);
}

TEST(JourneyVerdict, DoesNotExistForSingleRequests) {
  EXPECT_FALSE(journeys_go_as_described(RunResult{}));
}

}  // namespace
}  // namespace sagactl

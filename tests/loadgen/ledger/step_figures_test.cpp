#include "loadgen/ledger/step_figures.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

constexpr std::int64_t second_us = 1'000'000;

Ledger ledger_of_three_steps() {
  Ledger ledger;
  ledger.phases = {{"warm-up", true}, {"individual", false}};
  ledger.steps = {{"form", false}, {"create", true}, {"pay", false}};
  return ledger;
}

// Due at `begin`, sent at once, answered at `end`: both in seconds.
LedgerEntry step_request(std::uint64_t operation, std::uint8_t step, std::int64_t begin, std::int64_t end,
                         StepEnd step_end) {
  LedgerEntry entry;
  entry.operation = operation;
  entry.step = step;
  entry.phase = 1;
  entry.planned = entry.sent = {begin * second_us};
  entry.done = {end * second_us};
  entry.step_end = step_end;
  return entry;
}

TEST(JourneyFigures, AJourneyLastsFromItsPlannedStartToItsLastAnswer) {
  Ledger ledger = ledger_of_three_steps();
  ledger.step_entries = {step_request(0, 0, 1, 2, StepEnd::next), step_request(0, 2, 7, 9, StepEnd::last)};
  ledger.entries = {step_request(0, 1, 3, 5, StepEnd::next)};
  const JourneyFigures figures = journey_figures_of(ledger);
  EXPECT_EQ(figures.started, 1u);
  EXPECT_EQ(figures.completed, 1u);
  EXPECT_EQ(figures.time.max(), Duration{8 * second_us});
  ASSERT_EQ(figures.steps.size(), 3u);
  EXPECT_EQ(figures.steps[0].response.max(), Duration{1 * second_us});
  EXPECT_EQ(figures.steps[1].response.max(), Duration{2 * second_us});
  EXPECT_EQ(figures.steps[2].name, "pay");
}

TEST(JourneyFigures, TheOrdersOfAGroupAreOfOneJourney) {
  Ledger ledger = ledger_of_three_steps();
  ledger.step_entries = {step_request(4, 0, 1, 2, StepEnd::next), step_request(4, 2, 3, 6, StepEnd::last)};
  for (std::uint16_t member = 0; member < 3; ++member) {
    ledger.entries.push_back(step_request(4u + member, 1, 2, 3, StepEnd::next));
    ledger.entries.back().member = member;
  }
  const JourneyFigures figures = journey_figures_of(ledger);
  EXPECT_EQ(figures.started, 1u);
  EXPECT_EQ(figures.time.max(), Duration{5 * second_us});
  EXPECT_EQ(figures.steps[1].sent, 3u);
}

TEST(JourneyFigures, AStepThatEndsAJourneyEarlyIsCountedByItsReason) {
  Ledger ledger = ledger_of_three_steps();
  ledger.step_entries = {step_request(0, 0, 1, 2, StepEnd::unexpected), step_request(1, 0, 1, 2, StepEnd::no_value),
                         step_request(2, 0, 1, 2, StepEnd::unanswered), step_request(3, 2, 3, 4, StepEnd::not_in_time)};
  ledger.entries = {step_request(3, 1, 1, 2, StepEnd::next)};
  const JourneyFigures figures = journey_figures_of(ledger);
  EXPECT_EQ(figures.started, 4u);
  EXPECT_EQ(figures.completed, 0u);
  EXPECT_EQ(figures.steps[0].unexpected, 1u);
  EXPECT_EQ(figures.steps[0].no_value, 1u);
  EXPECT_EQ(figures.steps[0].unanswered, 1u);
  EXPECT_EQ(figures.steps[2].not_in_time, 1u);
}

TEST(JourneyFigures, TheWarmUpIsNotCounted) {
  Ledger ledger = ledger_of_three_steps();
  ledger.step_entries = {step_request(0, 0, 1, 2, StepEnd::last)};
  ledger.step_entries.front().phase = 0;
  EXPECT_EQ(journey_figures_of(ledger).started, 0u);
}

TEST(JourneyFigures, ThereAreNoneOfSingleRequests) {
  EXPECT_TRUE(journey_figures_of(Ledger{}).steps.empty());
}

}  // namespace
}  // namespace sagactl

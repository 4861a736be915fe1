#include "loadgen/sending/journey_plan.hpp"

#include <gtest/gtest.h>

#include <map>

#include "loadgen/sending/running_journeys.hpp"

namespace sagactl {
namespace {

JourneyStep step_of_branch(const std::string& name, const std::string& branch = "") {
  JourneyStep step;
  step.name = name;
  step.path = "/" + name;
  step.branch = branch;
  return step;
}

Profile shop_with_branches() {
  Profile shop = order_profile();
  shop.journey.before = {step_of_branch("form")};
  shop.journey.after = {step_of_branch("wait"), step_of_branch("pay", "pays"), step_of_branch("cancel", "cancels")};
  shop.journey.branches = {{"pays", 8}, {"cancels", 1}, {"leaves", 1}};
  return shop;
}

TEST(JourneyPlan, ABranchTakesItsStepsAndThoseOfAll) {
  const JourneyPlan plan(shop_with_branches(), 1);
  ASSERT_EQ(plan.size(), 5u);
  EXPECT_EQ(plan.creating_step(), 1u);
  EXPECT_EQ(plan.next(0, 1), 0u);
  EXPECT_EQ(plan.next(3, 0), 3u);
  EXPECT_EQ(plan.next(3, 1), 4u);
  EXPECT_EQ(plan.next(3, 2), std::nullopt);
}

TEST(JourneyPlan, EachBranchHasExactlyItsShareOfEachRound) {
  const JourneyPlan plan(shop_with_branches(), 1), other(shop_with_branches(), 2);
  bool is_the_same_order = true;
  for (std::uint64_t round = 0; round < 20; ++round) {
    std::map<std::uint8_t, int> count;
    for (std::uint64_t i = 0; i < 10; ++i) {
      const std::uint64_t journey = round * 10 + i;
      ++count[plan.branch_of(journey)];
      is_the_same_order = is_the_same_order && plan.branch_of(journey) == other.branch_of(journey);
    }
    EXPECT_EQ(count, (std::map<std::uint8_t, int>{{0, 8}, {1, 1}, {2, 1}})) << round;
  }
  EXPECT_FALSE(is_the_same_order);
}

TEST(JourneyPlan, PausesAreWithinTheirRangeAndDependOnTheSeed) {
  Profile shop = shop_with_branches();
  shop.journey.after[0].pause = {1ms, 3ms};
  const JourneyPlan plan(shop, 1);
  std::int64_t least = INT64_MAX, most = 0;
  for (std::uint64_t journey = 0; journey < 500; ++journey) {
    least = std::min(least, plan.pause_ns(2, journey));
    most = std::max(most, plan.pause_ns(2, journey));
  }
  EXPECT_GE(least, 1'000'000);
  EXPECT_LT(least, 1'100'000);
  EXPECT_GT(most, 2'900'000);
  EXPECT_LE(most, 3'000'000);
  EXPECT_EQ(plan.pause_ns(0, 3), 0);
}

TEST(RunningJourneys, ThePausedGoOnInTheOrderOfTheirTimes) {
  RunningJourneys journeys(1);
  const std::uint32_t a = journeys.open({}), b = journeys.open({});
  journeys.pause(a, 30);
  journeys.pause(b, 20);
  EXPECT_EQ(journeys.next_ns(), 20);
  EXPECT_FALSE(journeys.take_due(19));
  EXPECT_EQ(journeys.take_due(40)->place, b);
  EXPECT_EQ(journeys.take_due(40)->place, a);
  EXPECT_EQ(journeys.next_ns(), INT64_MAX);
}

TEST(RunningJourneys, AGroupOccupiesAsManyRequestsAsAreWithoutAnOutcome) {
  RunningJourneys journeys(1);
  LoadUnit group;
  group.count = 3;
  const std::uint32_t place = journeys.open(group);
  journeys.at(place).values[0] = "kept";
  EXPECT_EQ(journeys.requests(), 3u);
  journeys.release_one(place);
  EXPECT_EQ(journeys.requests(), 2u);
  journeys.close(place);
  EXPECT_EQ(journeys.requests(), 0u);
  EXPECT_EQ(journeys.open({}), place) << "places are used again";
  EXPECT_EQ(journeys.at(place).values[0], "");
  journeys.pause(place, 5);
  journeys.close_paused();
  EXPECT_EQ(journeys.requests(), 0u);
}

}  // namespace
}  // namespace sagactl

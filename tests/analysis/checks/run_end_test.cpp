// The end of a run: failed and unfinished sagas, unpublished and missing events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analysis/judging.hpp"
#include "tests/analysis/story.hpp"

namespace sagactl {
namespace {

TEST(RunEnd, ARunInWhichEverySagaFailedIsUnknown) {
  World world;
  FlowHistory& refund_refused = world.add({.product = "A"});
  world.command(refund_refused, CompensateSaga{"asked for"});
  world.answer(refund_refused, Refused{"account closed"});
  FlowHistory& never_answered = world.place({.product = "D"});
  world.pass(120s);
  world.answer(never_answered, UnknownOutcome{"no answer"});
  world.settle_claims();
  world.number_events();
  const auto verdicts = judge(world);
  EXPECT_EQ(named(verdicts, "not-vacuous").ruling, Ruling::unknown);
  EXPECT_EQ(named(verdicts, "not-vacuous").reason,
            "2 sagas failed and none was completed or compensated, so nothing was verified");
  EXPECT_NE(overall(verdicts), Ruling::pass);
}

TEST(RunEnd, UnpublishedEventsOfADeadNodeAreNotYetAFault) {
  Story story;
  story.world.nodes[0].live = false;
  story.world.nodes[0].published -= 1;
  const Verdict waiting = named(judge(story.world), "published-once-or-more-applied-once");
  EXPECT_EQ(waiting.ruling, Ruling::unknown) << waiting.reason;
  story.world.nodes[0].live = true;
  EXPECT_EQ(named(judge(story.world), "published-once-or-more-applied-once").ruling, Ruling::fail);
}

TEST(RunEnd, EverySagaThatHasNotEndedIsNamed) {
  World world;
  std::vector<std::string> ids;
  for (const char* product : {"A", "B", "C"}) ids.push_back(id_of(&world.place({.product = product})));
  world.settle_claims();
  world.number_events();
  const Verdict found = named(judge(world), "all-sagas-end");
  EXPECT_THAT(found.reason, testing::HasSubstr("(2 more like it)"));
  for (const std::string& id : ids) EXPECT_THAT(found.witness.dump(), testing::HasSubstr(id));
}

TEST(RunEnd, SagasOfOtherRunsMayStillBeRunning) {
  World world;
  world.add({.product = "LT-mine-S-00000001"});
  world.place({.product = "somebody's"});
  world.settle_claims();
  world.number_events();
  EXPECT_EQ(named(judge(world, {.drained = true}), "all-sagas-end").ruling, Ruling::fail);
  const Verdict others = named(judge(world, {.drained = true, .run = "mine"}), "all-sagas-end");
  EXPECT_EQ(others.ruling, Ruling::pass) << others.reason;
  EXPECT_THAT(others.reason, testing::HasSubstr("1 saga of other runs still running"));
  world.place({.product = "LT-mine-S-00000002"});
  world.settle_claims();
  world.number_events();
  EXPECT_EQ(named(judge(world, {.drained = true, .run = "mine"}), "all-sagas-end").ruling, Ruling::fail);
}

TEST(RunEnd, ANodeWithoutAnyOfItsEventsIsFound) {
  Story story;
  std::erase_if(story.world.stream, [](const World::Numbered& it) { return it.node == "node-3"; });
  const Verdict found = named(judge(story.world), "event-stream-complete");
  EXPECT_EQ(found.ruling, Ruling::fail);
  EXPECT_THAT(found.reason, testing::HasSubstr("node node-3 has written events up to"));
}

}  // namespace
}  // namespace sagactl

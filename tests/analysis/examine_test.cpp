// Distribution, groups and times of sagas, from a history.
#include "analysis/examine.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/analysis/sample_run.hpp"
#include "tests/analysis/story.hpp"

namespace sagactl {
namespace {

Examination examine_world(const World& world, const ExamineOptions& options = {}) {
  const auto history = world.history();
  return examine(*history, options).value();
}

TEST(Examine, CountsWorkByTheNodeThatWroteIt) {
  World world;
  FlowHistory& first = world.place({.product = "A", .node = "node-1"});
  world.write_on("node-2");  // another node continues it
  world.complete(first);
  world.place({.product = "B", .node = "node-2"});
  world.number_events();
  const auto nodes = examine_world(world).distribution.nodes;
  ASSERT_EQ(nodes.size(), 3u);  // node-3 is live and did nothing
  EXPECT_EQ(nodes[0].orders, 1u);
  EXPECT_EQ(nodes[0].sagas, 1u);
  EXPECT_EQ(nodes[0].steps, 0u);
  EXPECT_EQ(nodes[1].orders, 1u);
  EXPECT_EQ(nodes[1].steps, 2u);
  EXPECT_EQ(nodes[2].orders, 0u);
  EXPECT_DOUBLE_EQ(nodes[0].of_orders.share, 0.5);
  EXPECT_DOUBLE_EQ(nodes[1].of_steps.share, 1);
  const std::uint64_t events = nodes[0].events + nodes[1].events + nodes[2].events;
  EXPECT_EQ(events, world.stream.size());
}

TEST(Examine, ShowsInItsWindowsANodeThatDiedHalfWay) {
  World world;
  for (int i = 0; i < 40; ++i) {
    world.add({.product = "P" + std::to_string(i), .node = i < 20 && i % 2 == 0 ? "node-1" : "node-2"});
    world.pass(100ms);
  }
  const Distribution distribution = examine_world(world).distribution;
  std::uint64_t early = 0, late = 0;
  const auto& windows = distribution.windows;
  for (std::size_t i = 0; i < windows.size(); ++i) (i < windows.size() / 2 ? early : late) += windows[i].orders[0];
  EXPECT_EQ(early, 10u);
  EXPECT_EQ(late, 0u);
}

TEST(Examine, FindsOrdersWithinAWindowOfEachOther) {
  World world;
  for (const char* product : {"A", "B", "C"}) world.place({.product = product, .node = "node-1"});
  world.pass(1s);
  world.place({.product = "D"});  // alone
  world.pass(1s);
  world.place({.product = "E", .node = "node-2"});
  world.place({.product = "E", .node = "node-3"});
  const GroupSummary groups = examine_world(world).groups;
  ASSERT_EQ(groups.listed.size(), 3u);
  const ConcurrentGroup& first = groups.listed[0];
  EXPECT_EQ(first.kind, ConcurrentGroup::Kind::window);
  ASSERT_EQ(first.members.size(), 3u);
  EXPECT_EQ(first.members[0].at, 0us);
  EXPECT_EQ(first.members[1].gap, 1ms);
  EXPECT_EQ(first.members[2].at, 2ms);
  EXPECT_EQ(groups.listed[1].kind, ConcurrentGroup::Kind::same_products);
  EXPECT_EQ(groups.listed[1].products, "E");
  EXPECT_EQ(groups.listed[1].winner()->node, "node-2");
}

TEST(Examine, EndsAWindowAfterATenthOfASecond) {
  World world;
  world.place({.product = "A"});
  world.pass(99ms - 1us);
  world.place({.product = "B"});
  world.pass(1s);
  world.place({.product = "C"});
  world.pass(99ms);
  world.place({.product = "D"});
  const GroupSummary groups = examine_world(world).groups;
  ASSERT_EQ(groups.listed.size(), 1u);
  EXPECT_EQ(groups.listed[0].members[1].product, "B");
}

TEST(Examine, ListsTheRequestsOfADuplicateGroupWithItsWinner) {
  const SampleRun run = sample_run({.groups = 4, .duplicates = 5, .singles = 2, .failures = 0});
  ExamineOptions options;
  options.run = run.load.ledger.run;
  options.ledger = &run.load.ledger;
  const GroupSummary groups = examine_world(run.world, options).groups;
  ASSERT_EQ(groups.listed.size(), 4u);
  std::uint64_t wins = 0;
  for (const auto& [node, count] : groups.wins) wins += count;
  EXPECT_EQ(wins, 4u);
  for (const ConcurrentGroup& group : groups.listed) {
    EXPECT_EQ(group.kind, ConcurrentGroup::Kind::requests);
    EXPECT_EQ(group.members.size(), 5u);
    EXPECT_EQ(group.depth, 5u);
    ASSERT_TRUE(group.winner());
    EXPECT_TRUE(group.winner()->written_at);
    EXPECT_EQ(group.winner()->node.rfind("node-", 0), 0u) << "the node that wrote it, not the URL";
  }
}

TEST(Examine, CoversOnlyTheRequestedRun) {
  SampleRun run = sample_run();
  run.world.add({.product = "NOT-OF-THE-RUN"});
  ExamineOptions options;
  options.run = run.load.ledger.run;
  EXPECT_EQ(examine_world(run.world, options).orders, 10u);
  EXPECT_EQ(examine_world(run.world).orders, 11u);
  EXPECT_EQ(examine_world(run.world, options).sagas.counts.started, 10u);
}

TEST(Examine, TimesSagasFromTheirCreationToTheirLastEvent) {
  World world;
  FlowHistory& slow = world.place({.product = "A"});
  world.pass(250ms);
  world.complete(slow);
  world.place({.product = "B"});
  const SagaTimings sagas = examine_world(world).sagas;
  EXPECT_EQ(sagas.counts, (SagaCounts{.started = 2, .completed = 1, .unfinished = 1}));
  EXPECT_EQ(sagas.took.count(), 1u);
  EXPECT_EQ(sagas.took.max(), 251ms);
  ASSERT_EQ(sagas.slowest.size(), 1u);
  EXPECT_EQ(sagas.slowest[0].took, 251ms);
  ASSERT_EQ(sagas.steps.size(), 2u);
  EXPECT_EQ(sagas.steps[0].step, "payment_processing");
  EXPECT_EQ(sagas.steps[0].took.max(), 251ms);
}

TEST(Examine, KeepsTheSlowestSagasSlowestFirst) {
  World world;
  for (int i = 0; i < 30; ++i) {
    FlowHistory& flow = world.place({.product = "P" + std::to_string(i)});
    world.pass(Duration{1000 * (i * 7 % 30)});
    world.complete(flow);
  }
  const auto slowest = examine_world(world).sagas.slowest;
  ASSERT_EQ(slowest.size(), SagaTimingsObserver::slowest_max);
  for (std::size_t i = 0; i < slowest.size(); ++i) EXPECT_EQ(slowest[i].took, Duration{1000 * (30 - i)});
}

TEST(Examine, CountsAResumedSagaAsRunning) {
  const Story story;
  const auto over_time = examine_world(story.world).sagas.over_time;
  SagaCounts sum;
  for (const auto& [at, counts] : over_time) sum += counts;
  EXPECT_EQ(sum.started, story.world.flows.size());
  EXPECT_EQ(over_time.back().second.unfinished, 0u);
}

}  // namespace
}  // namespace sagactl

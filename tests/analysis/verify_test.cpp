// A correct history fails no check, and what is unknown is UNKNOWN.
#include "analysis/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/analysis/judging.hpp"
#include "tests/analysis/story.hpp"

namespace sagactl {
namespace {

constexpr CheckOptions drained{.drained = true};

std::set<std::string> failed(const std::vector<Verdict>& verdicts) {
  std::set<std::string> names;
  for (const Verdict& verdict : verdicts)
    if (verdict.ruling == Ruling::fail) names.insert(verdict.name + ": " + verdict.reason);
  return names;
}

TEST(Verify, PassesACorrectHistory) {
  const auto verdicts = judge(Story().world);
  EXPECT_EQ(failed(verdicts), std::set<std::string>{});
  EXPECT_EQ(overall(verdicts), Ruling::pass);
  for (const Verdict& verdict : verdicts)
    EXPECT_EQ(verdict.counted, verdict.name != "stock-balances" && verdict.name != "never-negative") << verdict.name;
}

TEST(Verify, PassesEveryPrefixOfACorrectHistoryThatIsStillRunning) {
  World world;
  const auto holds = [&](const char* when) {
    world.settle_claims();
    world.number_events();
    EXPECT_EQ(failed(judge(world, {.drained = false})), std::set<std::string>{}) << when;
  };
  FlowHistory& flow = world.place({});
  holds("charging");
  world.complete(flow);
  holds("completed");
  world.command(flow, CompensateSaga{"asked for"});
  holds("refunding");
  world.answer(flow, Unavailable{"later"});
  holds("refund to be tried again");
  world.command(flow, WakeSaga{});
  world.answer(flow, Succeeded{});
  holds("compensated");
  world.command(flow, RetrySaga{.by = "admin", .recharge = true, .was_refunded = true});
  holds("charging again");
  world.decline(flow);
  holds("declined");
}

// A node that holds the lock places an order, which is compensated, and the next one for the same products.
TEST(Verify, TreatsOrdersUnderOneGrantAsThoseOfOneHolder) {
  World world;
  FlowHistory& undone = world.add({.product = "PEN"});
  world.command(undone, CompensateSaga{"asked for"});
  world.answer(undone, Succeeded{});
  world.pass(1s);
  FlowHistory& next = world.add({.product = "PEN"});
  find_event(next, EventType::order_created)->metadata = find_event(undone, EventType::order_created)->metadata;
  next.flow.order.fencing_token = undone.flow.order.fencing_token;
  world.settle_claims();
  world.number_events();
  const auto verdicts = judge(world);
  EXPECT_EQ(failed(verdicts), std::set<std::string>{});
  EXPECT_EQ(named(verdicts, "fencing-increases").ruling, Ruling::pass);
  EXPECT_EQ(named(verdicts, "locks-do-not-overlap").ruling, Ruling::pass);
}

TEST(Verify, SaysUnknownOverAnEmptyDatabase) {
  const auto verdicts = judge(World());
  EXPECT_EQ(failed(verdicts), std::set<std::string>{});
  EXPECT_EQ(named(verdicts, "not-vacuous").ruling, Ruling::unknown);
  EXPECT_EQ(overall(verdicts), Ruling::unknown);
}

TEST(Verify, LeavesAFreshSagaUndecidedAndFailsAStuckOne) {
  World world;
  const FlowHistory& flow = world.place({});
  world.settle_claims();
  world.number_events();
  EXPECT_EQ(named(judge(world, {.drained = false}), "all-sagas-end").ruling, Ruling::unknown);
  world.pass(61s);
  const auto verdicts = judge(world, {.drained = false});
  const Verdict& stuck = named(verdicts, "all-sagas-end");
  EXPECT_EQ(stuck.ruling, Ruling::fail);
  EXPECT_NE(stuck.witness.dump().find(id_of(&flow)), std::string::npos);
}

TEST(Verify, IsUndecidedAboutUnpublishedEventsWhileTheSystemRuns) {
  Story story;
  story.world.nodes[0].published -= 1;
  const auto verdicts = judge(story.world, {.drained = false});
  EXPECT_EQ(named(verdicts, "published-once-or-more-applied-once").ruling, Ruling::unknown);
}

TEST(Verify, DoesNotTakeDeletedOldEventsForAGap) {
  Story story;
  const Timestamp since = story.placed_again->flow.order.created_at;
  while (story.world.flows.front().flow.order.created_at < since) {
    const FlowHistory& flow = story.world.flows.front();
    std::erase_if(story.world.stream, [&](const World::Numbered& numbered) {
      return std::any_of(flow.events.begin(), flow.events.end(), [&](const Event& event) {
        return event.node == numbered.node && event.sequence == numbered.sequence;
      });
    });
    story.world.remove(flow);
  }
  story.world.settle_claims();
  EXPECT_EQ(failed(judge(story.world)), std::set<std::string>{});
}

TEST(Verify, CoversOnlyTheRequestedTime) {
  Story story;
  story.completed->flow.order.status = OrderStatus::shipped;
  const auto history = story.world.history();
  const HistoryFilter later{.since = story.declined->flow.order.created_at, .until = std::nullopt};
  EXPECT_EQ(failed(verify(*history, drained, later).value()), std::set<std::string>{});
}

TEST(Verdict, RanksFailBeforeUnknownBeforePass) {
  const Verdict pass{.name = "a", .ruling = Ruling::pass, .reason = "", .witness = nullptr};
  const Verdict fail{.name = "b", .ruling = Ruling::fail, .reason = "", .witness = nullptr};
  const Verdict unknown = undecided("c", "no database");
  const Verdict aside = does_not_apply("d", "no stock");
  const struct {
    std::vector<Verdict> verdicts;
    Ruling ruling;
  } table[] = {
      {{pass, pass}, Ruling::pass},    {{pass, aside}, Ruling::pass},         {{pass, unknown}, Ruling::unknown},
      {{fail, unknown}, Ruling::fail}, {{unknown, pass, fail}, Ruling::fail}, {{aside}, Ruling::unknown},
      {{}, Ruling::unknown},
  };
  for (const auto& row : table) EXPECT_EQ(overall(row.verdicts), row.ruling);
}

}  // namespace
}  // namespace sagactl

// A time of day that is set back or forward affects nothing but the times that are stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/ports/database_clock.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

class TimeOfDay : public testing::TestWithParam<Duration> {
 protected:
  // As an operator does.
  void set_clock() { node.clock.step(GetParam()); }
  void pass(Duration time) {
    for (const SteadyTime until = node.clock.steady() + time; node.clock.steady() < until; node.clock.advance(50ms))
      node.settle();
  }
  ScriptedNode node{"node-1", Policy{20s}};
};

TEST_P(TimeOfDay, TimersFireOnTime) {
  (void)node.run(order_for("A"));
  pass(10s);
  set_clock();
  pass(19s);
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
  pass(2s);
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
}

TEST_P(TimeOfDay, RetriesContinueUntilTheBudgetEnds) {
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  set_clock();
  SteadyTime ended;
  const SteadyTime began = node.clock.steady();
  for (int i = 0; i < 3000 && ended == SteadyTime{}; ++i) {
    if (!node.gateway.charges.empty()) node.gateway.answer_charge(UnknownOutcome{"no answer"});
    if (!node.gateway.queries.empty()) node.gateway.answer_query(Unavailable{"no answer"});
    pass(50ms);
    if (node.flow(id).saga->status == SagaStatus::failed) ended = node.clock.steady();
  }
  EXPECT_GE(ended - began, 45s);
  EXPECT_LE(ended - began, 75s);
  EXPECT_GT(node.gateway.calls.size(), 12u);
}

TEST_P(TimeOfDay, EventsArePublished) {
  std::size_t published = 0;
  const auto end = node.bus->subscribe([&](const Event&) { ++published; });
  (void)node.run(order_for("A"));
  pass(1s);
  set_clock();
  (void)node.run(order_for("B"));
  (void)node.run(order_for("C"));
  pass(1s);
  const std::int64_t written = node.store->nodes()->front().last_sequence;
  EXPECT_EQ(published, static_cast<std::size_t>(written));
  EXPECT_EQ(node.store->nodes()->front().published, written) << "the checkpoint follows";
  end();
}

TEST_P(TimeOfDay, NoNodeLosesItsLease) {
  EngineOptions options;
  options.node = "node-2";
  Engine other(options, *node.store, node.gateway, *node.bus, node.clock);
  ASSERT_TRUE(other.start());
  for (int i = 0; i < 200; ++i) {
    if (i % 50 == 25) set_clock();
    node.clock.advance(50ms);
    other.turn();
    node.engine->turn();
    for (const NodeInfo& info : *node.store->nodes()) EXPECT_TRUE(info.live) << info.name << " at " << i;
  }
  EXPECT_EQ(node.engine->stats().fenced + other.stats().fenced, 0u);
}

TEST_P(TimeOfDay, ADeadNodeIsDetectedAsSoonAsUsual) {
  {
    EngineOptions options;
    options.node = "node-2";
    Engine other(options, *node.store, node.gateway, *node.bus, node.clock);
    ASSERT_TRUE(other.start());
    other.submit(order_for("A"), [](const Result<Receipt>&) {});
    other.turn();
    pass(3s);  // it has crashed
  }
  set_clock();
  pass(3s);
  EXPECT_EQ(node.engine->stats().adopted, 1u);
}

TEST_P(TimeOfDay, ReservationsExpireOnTime) {
  (void)node.set_stock(StockKind::balance, "u", 10'000);
  (void)node.set_stock(StockKind::slots, "u", 5);
  (void)node.set_stock(StockKind::item, "sword", 4, Money{2000});
  ASSERT_TRUE(node.run(purchase_for("u", "sword", 1)));
  set_clock();
  pass(14s);
  EXPECT_EQ(node.stock("sword", StockKind::item), "3/1/0");
  pass(11s);
  EXPECT_EQ(node.stock("sword", StockKind::item), "4/0/0");
}

TEST_P(TimeOfDay, LocksExpireOnTime) {
  const std::unique_ptr<Lock> lock = make_memory_lock(node.clock);
  const auto held = [&] {
    std::size_t count = 0;
    lock->held(10, [&](Result<std::vector<LockState>> states) { count = states->size(); });
    return count;
  };
  bool granted = false;
  lock->acquire("k", "node-1", 10s, 0s, [&](const Result<LockGrant>& grant) { granted = grant.ok(); });
  ASSERT_TRUE(granted);
  set_clock();
  node.clock.advance(9s);
  EXPECT_EQ(held(), 1u);
  node.clock.advance(2s);
  EXPECT_EQ(held(), 0u);
}

TEST_P(TimeOfDay, FencingTokensIncreaseAlsoOverARestart) {
  const auto token_now = [&](const Timestamp last) {
    std::int64_t token = 0;
    const std::unique_ptr<Lock> lock = make_memory_lock(node.clock, LockReach::all_writers, last);
    lock->acquire("k", "node-1", 10s, 0s, [&](const Result<LockGrant>& grant) { token = grant->fencing_token; });
    return token;
  };
  const std::int64_t before = token_now({});
  set_clock();
  node.clock.advance(1s);
  EXPECT_GT(token_now(node.store->database_time().value()), before);
}

TEST_P(TimeOfDay, ANewEpochIsNotDelayedByTimesThatAreAhead) {
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  node.gateway.answer_charge(UnknownOutcome{"no answer"});
  node.settle();
  set_clock();
  node.engine.reset();
  node.gateway.calls.clear();
  node.start("node-1");
  pass(10s);
  ASSERT_FALSE(node.gateway.queries.empty());
  while (node.flow(id).saga->status == SagaStatus::started && !node.gateway.queries.empty())
    node.gateway.answer_query(Charged{"tx"}), node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed);
}

INSTANTIATE_TEST_SUITE_P(SetBackAndForward, TimeOfDay,
                         testing::Values(Duration{-1s}, Duration{1s}, Duration{-1h}, Duration{1h}, Duration{-24h},
                                         Duration{24h}),
                         [](const auto& by) {
                           return fmt::format("{}By{}Seconds", by.param < Duration{0} ? "Back" : "Forward",
                                              std::abs(by.param.count()) / 1'000'000);
                         });

TEST(DatabaseClock, FollowsATimeOfDayThatIsNotSet) {
  SimulatedClock clock;
  const DatabaseClock database(clock);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(database.now(), clock.now());
    clock.advance(10min);
  }
}

TEST(DatabaseClock, StartsNoEarlierThanTheDatabasesLatestTime) {
  SimulatedClock clock;
  const DatabaseClock database(clock, clock.now() + 1h);
  EXPECT_EQ(database.now(), clock.now() + 1h);
  clock.advance(80s);
  EXPECT_EQ(database.now(), clock.now() + 1h - 10s) << "it approaches";
}

TEST(DatabaseClock, ApproachesATimeOfDayThatWasSet) {
  for (const Duration by : {Duration{1h}, Duration{-1h}}) {
    SimulatedClock clock;
    const DatabaseClock database(clock);
    clock.step(by);
    Timestamp last = database.now();
    for (int i = 0; i < 9 * 60; ++i) {
      clock.advance(1min);
      const Timestamp now = database.now();
      EXPECT_GE(now - last, 52s);
      EXPECT_LE(now - last, 75s);
      last = now;
    }
    EXPECT_EQ(database.now(), clock.now());
  }
}

TEST(DatabaseClock, JumpsToATimeOfDayThatIsDaysAhead) {
  SimulatedClock clock(Timestamp{});
  const DatabaseClock database(clock);
  clock.step(SimulatedClock::epoch - Timestamp{});
  EXPECT_EQ(database.now(), clock.now());
}

}  // namespace
}  // namespace sagactl

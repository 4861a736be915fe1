// What a node says of a store that goes away and comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/front_store.hpp"

namespace sagactl {
namespace {

class StoreAway : public NodeOnAFrontStore {
 protected:
  StoreAway() {
    start();
    pass(1s);
  }
  void pass(Duration time) {
    for (const Timestamp until = clock.now() + time; clock.now() < until; clock.advance(10ms)) engine->turn();
  }
};

TEST_F(StoreAway, IsSaid) {
  EXPECT_TRUE(engine->stats().store_available);
  store.away = true;
  pass(options.lease);
  EXPECT_FALSE(engine->stats().store_available);
  EXPECT_EQ(engine->stats().store_error, "the store is away");
}

// A node that is not ready is sent no requests, so it cannot wait for one to find out.
TEST_F(StoreAway, AndBackAgainIsSaidByANodeThatHasNothingToWrite) {
  for (const Duration time : {Duration{1s}, options.lease, Duration{60s}}) {  // the lease may have run out meanwhile
    store.away = true;
    pass(time);
    store.away = false;
    pass(10s);
    EXPECT_TRUE(engine->stats().store_available) << "after " << format_duration(time);
    EXPECT_EQ(engine->stats().store_error, "");
  }
}

TEST_F(StoreAway, AnOrderThatComesMeanwhileIsRefusedAndIsTakenAfterwards) {
  std::vector<bool> taken;
  const auto note = [&](Result<Receipt> receipt) { taken.push_back(receipt.ok()); };
  store.away = true;
  engine->submit(order_for("A"), note);
  pass(1s);
  store.away = false;
  pass(10s);
  engine->submit(order_for("A"), note);
  pass(1s);
  EXPECT_EQ(taken, (std::vector<bool>{false, true}));
}

// Each call takes until its time is over, as those of a database that stands still do.
TEST_F(StoreAway, WhoAsksWhileItStandsStillHearsOfItAfterOneCall) {
  store.takes = [this] { clock.advance(4s); };
  store.away = true;
  clock.advance(1s);
  const SteadyTime asked = clock.steady();
  std::optional<Duration> answered;
  engine->submit(order_for("A"), [&](const Result<Receipt>& receipt) {
    EXPECT_EQ(receipt.error().code, ErrorCode::unavailable);
    answered = clock.steady() - asked;
  });
  EXPECT_GT(engine->turn(), clock.steady());
  EXPECT_EQ(answered, 4s);
}

TEST_F(StoreAway, WhoAsksWhileItIsLeftAloneHearsOfItAtOnce) {
  store.away = true;
  pass(options.lease);
  store.takes = [] { ADD_FAILURE() << "the store is asked"; };
  bool refused = false;
  engine->submit(order_for("A"), [&](const Result<Receipt>& receipt) { refused = !receipt.ok(); });
  EXPECT_GT(engine->turn(), clock.steady());
  EXPECT_TRUE(refused);
}

TEST_F(StoreAway, EveryKindOfCallThatFailsEndsTheTurn) {
  for (int failing = 1; failing <= 40; ++failing) {
    int calls = 0;
    bool failed = false;
    store.takes = [&] {
      EXPECT_FALSE(failed) << "a call after one that failed";
      store.away = failed = ++calls == failing;
    };
    for (int turns = 0; turns < 400 && !failed; ++turns, clock.advance(10ms)) {
      engine->submit(order_for("A"), [](const Result<Receipt>&) {});
      engine->turn();
    }
    EXPECT_TRUE(failed);
    store.takes = nullptr;
    store.away = false;
    pass(1s);
  }
}

class Outage : public NodeOnAFrontStore {
 protected:
  void begin(const std::string& name) {
    options.node = name;
    start();
    engines.push_back(std::move(engine));
    engines.back()->submit(order_for(name), [](const Result<Receipt>&) {});
  }
  void pass(Duration time) {
    for (const SteadyTime until = clock.steady() + time; clock.steady() < until; clock.advance(10ms))
      for (auto& each : engines) each->turn();
  }
  std::uint64_t fenced() {
    std::uint64_t sum = 0;
    for (auto& each : engines) sum += each->stats().fenced;
    return sum;
  }
  std::vector<std::unique_ptr<Engine>> engines;
};

TEST_F(Outage, LongerThanTheLeaseFencesNobodyThatIsThere) {
  for (const char* name : {"node-1", "node-2", "node-3"}) begin(name);
  pass(3s);
  for (const Duration outage : {Duration{1500ms}, Duration{5s}}) {
    store.away = true;
    pass(outage);
    store.away = false;
    pass(5s);
  }
  EXPECT_EQ(fenced(), 0u);
  EXPECT_THAT(gateway.calls, testing::ElementsAre("charge 1", "charge 1", "charge 1")) << "nothing is adopted";
}

TEST_F(Outage, FencesNobodyEitherWhenANodeBeginsRightAfterIt) {
  for (const char* name : {"node-1", "node-2"}) begin(name);
  pass(3s);
  store.away = true;
  pass(10s);
  store.away = false;
  begin("node-3");
  std::rotate(engines.begin(), engines.end() - 1, engines.end());  // the new one is first in every round
  pass(10s);
  EXPECT_EQ(fenced(), 0u);
}

TEST_F(Outage, OfOneNodeAloneIsItsDeathForTheOthers) {
  for (const char* name : {"node-1", "node-2"}) begin(name);
  pass(3s);
  std::unique_ptr<Engine> paused = std::move(engines[0]);
  engines.erase(engines.begin());
  pass(options.lease * 2);
  EXPECT_EQ(engines[0]->stats().adopted, 1u);
  paused->turn();
  EXPECT_EQ(paused->stats().fenced, 1u);
}

// All nodes of a machine that was suspended wake at the same time, each behind its lease.
TEST_F(Outage, APauseOfAllNodesFencesNobody) {
  for (const char* name : {"node-1", "node-2", "node-3"}) begin(name);
  pass(3s);
  clock.advance(60s);
  pass(10s);
  EXPECT_EQ(fenced(), 0u);
}

// Whatever call fails after the one that made the sagas its own.
TEST_F(Outage, ThatBeginsRightAfterAnAdoptionLosesNoSaga) {
  for (int failing = 1; failing <= 8; ++failing) {
    behind = make_memory_store(clock);
    FrontStore front(*behind);
    EngineOptions second = options;
    second.node = "node-2";
    std::optional<OrderId> id;
    {
      Engine gone(options, front, gateway, *bus, clock);
      ASSERT_TRUE(gone.start());
      gone.submit(order_for("A"), [&](const Result<Receipt>& receipt) { id = receipt->flow->order.id; });
      gone.turn();
    }
    Engine heir(second, front, gateway, *bus, clock);
    ASSERT_TRUE(heir.start());
    const auto pass_with = [&](Duration time) {
      for (const SteadyTime until = clock.steady() + time; clock.steady() < until; clock.advance(10ms)) heir.turn();
    };
    int calls = 0;
    front.takes = [&] {
      if (heir.stats().adopted > 0 || behind->flow(*id)->value().saga->owner.node == "node-2") front.away = ++calls == failing;
    };
    pass_with(10s);
    EXPECT_EQ(heir.stats().adopted, 1u) << failing;
    EXPECT_EQ(heir.stats().open_sagas, 1u) << "its timer is set, with the call " << failing << " failing";
  }
}

TEST_F(Outage, SagasOfTheNodesOwnLastLifeAreAdoptedAtOnce) {
  begin("node-1");
  pass(1s);
  engines.clear();
  begin("node-1");
  pass(50ms);
  EXPECT_EQ(engines[0]->stats().adopted, 1u);
}

}  // namespace
}  // namespace sagactl

// How a node handles a store that is unavailable for a while.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/random.hpp"
#include "tests/engine/controlled_node.hpp"

namespace sagactl {
namespace {

class StoreUnavailable : public NodeOnControlledStore {
 protected:
  StoreUnavailable() {
    start();
    pass(1s);
  }
  void pass(Duration time) {
    for (const Timestamp until = clock.now() + time; clock.now() < until; clock.advance(10ms)) engine->turn();
  }
};

TEST_F(StoreUnavailable, IsReported) {
  EXPECT_TRUE(engine->stats().store_available);
  store.unavailable = true;
  pass(options.lease);
  EXPECT_FALSE(engine->stats().store_available);
  EXPECT_EQ(engine->stats().store_error, "the store is unavailable");
}

// A node that is not ready gets no requests, so it cannot rely on them to detect the recovery.
TEST_F(StoreUnavailable, RecoveryIsDetectedByANodeThatHasNothingToWrite) {
  for (const Duration time : {Duration{1s}, options.lease, Duration{60s}}) {  // the lease may have expired meanwhile
    store.unavailable = true;
    pass(time);
    store.unavailable = false;
    pass(10s);
    EXPECT_TRUE(engine->stats().store_available) << "after " << format_duration(time);
    EXPECT_EQ(engine->stats().store_error, "");
  }
}

TEST_F(StoreUnavailable, OrdersAreRefusedUntilItIsAvailableAgain) {
  std::vector<bool> taken;
  const auto note = [&](Result<Receipt> receipt) { taken.push_back(receipt.ok()); };
  store.unavailable = true;
  engine->submit(order_for("A"), note);
  pass(1s);
  store.unavailable = false;
  pass(10s);
  engine->submit(order_for("A"), note);
  pass(1s);
  EXPECT_EQ(taken, (std::vector<bool>{false, true}));
}

// Each call takes until it times out, as with a frozen database.
TEST_F(StoreUnavailable, CommandsAreAnsweredAfterOneCallThatTimesOut) {
  store.on_call = [this] { clock.advance(4s); };
  store.unavailable = true;
  clock.advance(1s);
  const SteadyTime submitted = clock.steady();
  std::optional<Duration> answered;
  engine->submit(order_for("A"), [&](const Result<Receipt>& receipt) {
    EXPECT_EQ(receipt.error().code, ErrorCode::unavailable);
    answered = clock.steady() - submitted;
  });
  EXPECT_GT(engine->turn(), clock.steady());
  EXPECT_EQ(answered, 4s);
}

TEST_F(StoreUnavailable, CommandsAreRefusedImmediatelyDuringTheBackoff) {
  store.unavailable = true;
  pass(options.lease);
  store.on_call = [] { ADD_FAILURE() << "the store is called"; };
  bool refused = false;
  engine->submit(order_for("A"), [&](const Result<Receipt>& receipt) { refused = !receipt.ok(); });
  EXPECT_GT(engine->turn(), clock.steady());
  EXPECT_TRUE(refused);
}

TEST_F(StoreUnavailable, EveryKindOfCallThatFailsEndsTheTurn) {
  for (int failing = 1; failing <= 40; ++failing) {
    int calls = 0;
    bool failed = false;
    store.on_call = [&] {
      EXPECT_FALSE(failed) << "a call after one that failed";
      store.unavailable = failed = ++calls == failing;
    };
    for (int turns = 0; turns < 400 && !failed; ++turns, clock.advance(10ms)) {
      engine->submit(order_for("A"), [](const Result<Receipt>&) {});
      engine->turn();
    }
    EXPECT_TRUE(failed);
    store.on_call = nullptr;
    store.unavailable = false;
    pass(1s);
  }
}

// Each loads a flow, and what these commands are about does not get smaller by itself.
TEST_F(StoreUnavailable, CommandsOfABatchThatItDoesNotManageInItsTimeAreCommittedInSmallerOnes) {
  for (int i = 0; i < 20; ++i) engine->submit(order_for(fmt::format("P{}", i)), [](const Result<Receipt>&) {});
  pass(1s);
  ASSERT_EQ(gateway.charges.size(), 20u);
  store.flows_max = 3;
  while (!gateway.charges.empty()) gateway.answer_charge(Charged{"tx"});
  pass(10s);
  const auto counts = memory->counts();
  EXPECT_EQ(counts->sagas.at({std::string(order_processing_saga), SagaStatus::completed}), 20);
}

// As after a failover to a standby that was behind its primary.
TEST_F(StoreUnavailable, OrdersAreTakenAndPublishedAgainByANodeWhoseLastEventsTheStoreHasLost) {
  const auto behind = make_memory_store(clock);
  ASSERT_TRUE(behind->register_node(options.node, "", options.lease));
  std::vector<std::int64_t> published;
  const auto unsubscribe = bus->subscribe([&](const Event& event) { published.push_back(event.sequence); }, [] {});
  std::vector<ErrorCode> refused;
  int taken = 0;
  const auto note = [&](const Result<Receipt>& receipt) {
    receipt ? void(++taken) : refused.push_back(receipt.error().code);
  };
  engine->submit(order_for("A"), note);
  pass(1s);
  ASSERT_EQ(taken, 1);
  const std::vector<std::int64_t> of_one_order = published;
  published.clear();
  store.replace(*behind);
  engine->submit(order_for("B"), note);
  pass(1s);
  EXPECT_THAT(refused, testing::ElementsAre(ErrorCode::unavailable));
  engine->submit(order_for("C"), note);
  pass(1s);
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(published, of_one_order) << "with the numbers of those that are lost";
  unsubscribe();
}

class Outage : public NodeOnControlledStore {
 protected:
  void start_node(const std::string& name) {
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

TEST_F(Outage, LongerThanTheLeaseFencesNoLiveNode) {
  for (const char* name : {"node-1", "node-2", "node-3"}) start_node(name);
  pass(3s);
  for (const Duration outage : {Duration{1500ms}, Duration{5s}}) {
    store.unavailable = true;
    pass(outage);
    store.unavailable = false;
    pass(5s);
  }
  EXPECT_EQ(fenced(), 0u);
  EXPECT_THAT(gateway.calls, testing::ElementsAre("charge 1", "charge 1", "charge 1")) << "nothing is adopted";
}

TEST_F(Outage, FencesNoLiveNodeWhenANodeStartsRightAfterIt) {
  for (const char* name : {"node-1", "node-2"}) start_node(name);
  pass(3s);
  store.unavailable = true;
  pass(10s);
  store.unavailable = false;
  start_node("node-3");
  std::rotate(engines.begin(), engines.end() - 1, engines.end());  // the new one is first in every round
  pass(10s);
  EXPECT_EQ(fenced(), 0u);
}

TEST_F(Outage, OfOneNodeAloneLetsTheOthersAdopt) {
  for (const char* name : {"node-1", "node-2"}) start_node(name);
  pass(3s);
  std::unique_ptr<Engine> paused = std::move(engines[0]);
  engines.erase(engines.begin());
  pass(options.lease * 2);
  EXPECT_EQ(engines[0]->stats().adopted, 1u);
  paused->turn();
  EXPECT_EQ(paused->stats().fenced, 1u);
}

// All nodes of a machine that was suspended wake at the same time, each past its lease.
TEST_F(Outage, APauseOfAllNodesFencesNone) {
  for (const char* name : {"node-1", "node-2", "node-3"}) start_node(name);
  pass(3s);
  clock.advance(60s);
  pass(10s);
  EXPECT_EQ(fenced(), 0u);
}

// Three nodes on a crowded machine adopted each other's sagas again and again. One that hears from the store more
// rarely than its lease lasts adopts nothing, so there is always one that gets on.
TEST_F(Outage, NodesWhoseCallsTakeLongerThanTheirLeasesEndTheirSagas) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Random random(seed);
    engines.clear();
    memory = make_memory_store(clock);
    ControlledStore slow(*memory);
    slow.on_call = [&] { clock.advance(Duration{static_cast<std::int64_t>(random.below(300'000))}); };
    options.lease = 200ms;
    for (const char* name : {"node-1", "node-2", "node-3"}) {
      options.node = name;
      engines.push_back(std::make_unique<Engine>(options, slow, gateway, *bus, clock));
      ASSERT_TRUE(engines.back()->start());
      for (const char* product : {"A", "B", "C", "D"})
        engines.back()->submit(order_for(name + std::string(product)), [](const Result<Receipt>&) {});
    }
    const auto have_ended = [&] {
      const auto counts = memory->counts();
      std::int64_t ended = 0;
      for (const auto& [what, count] : counts->sagas) ended += is_terminal(what.second) ? count : 0;
      return ended == 12;
    };
    for (int turns = 0; turns < 2'000 && !have_ended(); ++turns) {
      engines[random.below(engines.size())]->turn();
      while (!gateway.charges.empty()) gateway.answer_charge(Charged{"tx"});
      while (!gateway.queries.empty()) gateway.answer_query(Charged{"tx"});
    }
    EXPECT_TRUE(have_ended()) << "seed " << seed;
  }
}

// Whichever call fails after the one that adopted the sagas.
TEST_F(Outage, ThatStartsRightAfterAnAdoptionLosesNoSaga) {
  for (int failing = 1; failing <= 8; ++failing) {
    memory = make_memory_store(clock);
    ControlledStore flaky(*memory);
    EngineOptions second = options;
    second.node = "node-2";
    std::optional<OrderId> id;
    {
      Engine dead(options, flaky, gateway, *bus, clock);
      ASSERT_TRUE(dead.start());
      dead.submit(order_for("A"), [&](const Result<Receipt>& receipt) { id = receipt->flow->order.id; });
      dead.turn();
    }
    Engine adopter(second, flaky, gateway, *bus, clock);
    ASSERT_TRUE(adopter.start());
    const auto pass_with = [&](Duration time) {
      for (const SteadyTime until = clock.steady() + time; clock.steady() < until; clock.advance(10ms)) adopter.turn();
    };
    int calls = 0;
    flaky.on_call = [&] {
      if (adopter.stats().adopted > 0 || memory->flow(*id)->value().saga->owner.node == "node-2")
        flaky.unavailable = ++calls == failing;
    };
    pass_with(10s);
    EXPECT_EQ(adopter.stats().adopted, 1u) << failing;
    EXPECT_EQ(adopter.stats().open_sagas, 1u) << "its timer is set, with the call " << failing << " failing";
  }
}

TEST_F(Outage, SagasOfTheNodesPreviousEpochAreAdoptedImmediately) {
  start_node("node-1");
  pass(1s);
  engines.clear();
  start_node("node-1");
  pass(50ms);
  EXPECT_EQ(engines[0]->stats().adopted, 1u);
}

}  // namespace
}  // namespace sagactl

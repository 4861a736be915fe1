// How nodes look for what others have left behind: rarely while nobody does, and at once when somebody did.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/controlled_node.hpp"

namespace sagactl {
namespace {

class Adoption : public NodeOnControlledStore {
 protected:
  void start_nodes(int count) {
    for (int i = 0; i < count; ++i) {
      EngineOptions each = options;
      each.node = fmt::format("node-{}", i + 1);
      each.seed = static_cast<std::uint64_t>(i);
      engines.push_back(std::make_unique<Engine>(each, store, gateway, *bus, clock));
      if (!engines.back()->start()) crash("a node with a store does not start");
    }
    pass(options.lease * 2);  // from here on an expired lease means that its node is dead
  }
  // Advances the clock, and calls each node when it wants to be called.
  void pass(Duration time) {
    for (const SteadyTime until = clock.steady() + time; clock.steady() < until; clock.advance(1ms)) turn();
  }
  void turn() {
    due.resize(engines.size());
    for (std::size_t i = 0; i < engines.size(); ++i)
      if (clock.steady() >= due[i]) due[i] = engines[i]->turn();
  }
  void place_order(Engine& engine, const std::string& product = "A") {
    engine.submit(order_for(product), [](const Result<Receipt>& receipt) { ASSERT_TRUE(receipt); });
    engine.turn();
  }
  bool is_adopted() const {
    return std::any_of(engines.begin(), engines.end(), [](const auto& it) { return it->stats().adopted > 0; });
  }
  // Until the saga is adopted, or `patience` is over.
  Duration time_to_adoption(Duration patience) {
    const SteadyTime began = clock.steady();
    while (!is_adopted() && clock.steady() - began < patience) {
      turn();
      clock.advance(1ms);
    }
    return clock.steady() - began;
  }

  std::vector<std::unique_ptr<Engine>> engines;
  std::vector<SteadyTime> due;
};

TEST_F(Adoption, IsNotTriedWhileThereIsNothingToAdopt) {
  start_nodes(1);
  place_order(*engines[0]);
  store.looks = store.adoptions = 0;
  pass(options.lease * 10);
  EXPECT_EQ(store.adoptions, 0);
  EXPECT_LE(store.looks, 10 * 4 + 1);
}

TEST_F(Adoption, IsLookedForByManyNodesHardlyMoreOftenThanByTwo) {
  start_nodes(2);
  store.looks = 0;
  pass(options.lease * 10);
  const int by_two = store.looks;
  EXPECT_LE(by_two, 10 * 16 + 16);
  engines.clear();
  due.clear();
  start_nodes(6);
  store.looks = 0;
  pass(options.lease * 10);
  EXPECT_LE(store.looks, by_two * 3 / 2);
  EXPECT_EQ(store.adoptions, 0);
}

TEST_F(Adoption, FollowsAsSoonAsALeaseRunsOut) {
  for (const int nodes : {2, 6}) {
    start_nodes(nodes);
    place_order(*engines.back());
    engines.pop_back();  // it is gone without a word
    const Duration took = time_to_adoption(options.lease * 3);
    EXPECT_LE(took, options.lease + 10ms) << nodes << " nodes";
    engines.clear();
    due.clear();
    memory = make_memory_store(clock);
    store.replace(*memory);
  }
}

TEST_F(Adoption, FollowsSoonWhenANodeStops) {
  start_nodes(6);
  place_order(*engines.back());
  engines.back()->stop();
  engines.pop_back();
  EXPECT_LE(time_to_adoption(options.lease), options.lease / 2);
}

TEST_F(Adoption, MemoryIsGivenBackOnceAfterTheLastCommit) {
  start_nodes(1);
  place_order(*engines[0]);
  store.releases = 0;
  pass(4s);
  EXPECT_EQ(store.releases, 0);
  pass(20s);
  EXPECT_EQ(store.releases, 1);
  place_order(*engines[0], "B");
  pass(20s);
  EXPECT_GE(store.releases, 2);
}

}  // namespace
}  // namespace sagactl

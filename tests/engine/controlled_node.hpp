// A node on a store that a test can make unavailable, slow or failing.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/engine/controlled_store.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {

// `store` and `options` are set before `start`.
class NodeOnControlledStore : public testing::Test {
 protected:
  void start() {
    engine = std::make_unique<Engine>(options, store, gateway, *bus, clock);
    if (!engine->start()) crash("a node with a store does not start");
  }

  SimulatedClock clock;
  std::unique_ptr<MemoryStore> memory = make_memory_store(clock);
  ControlledStore store{*memory};
  std::unique_ptr<Bus> bus = make_memory_bus();
  ScriptedGateway gateway;
  EngineOptions options{};
  std::unique_ptr<Engine> engine;
};

}  // namespace sagactl

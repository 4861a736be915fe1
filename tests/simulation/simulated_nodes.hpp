// What all simulations have in common: nodes on one store, in one thread, with one clock and one seed. They take their
// turns in the order in which they are due, crash, and start again.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/engine/engine.hpp"
#include "tests/simulation/unreliable_ports.hpp"

namespace sagactl::simulation {

class SimulatedNodes {
 public:
  std::uint64_t port_calls() const { return injector_.calls; }
  int crashes() const { return crashes_; }

 protected:
  struct Node {
    NodeName name;
    std::size_t number = 0;  // 1, 2, 3 ...
    std::unique_ptr<NodeClock> clock;
    std::unique_ptr<UnreliableStore> store;
    std::unique_ptr<UnreliableGateway> gateway;
    std::unique_ptr<Engine> engine;  // none: it is down
    SteadyTime due;                  // on the cluster's clock
  };

  SimulatedNodes(std::uint64_t seed, const Faults& faults, double pause_share = 0);
  virtual ~SimulatedNodes();
  SimulatedNodes(const SimulatedNodes&) = delete;
  SimulatedNodes& operator=(const SimulatedNodes&) = delete;

  // To be called once, at the end of the constructor; `began` is what a node's own clock shows then. At the beginning
  // of the destructor `remove_nodes`, since what follows here may be called by an engine that ends.
  void add_nodes(int count, const std::function<Duration(int number)>& began);
  void remove_nodes();

  // When a node's process starts and ends. The engine is there in `attach` and `detach` only.
  virtual void configure(Node&, EngineOptions&) {}
  virtual void attach(Node&) {}
  virtual void detach(Node&) {}
  virtual void ended(Node&) {}

  // The process ends: its memory is lost, and answers to its calls in progress are dropped. It starts again later.
  void kill(Node& node);
  // Advances to the next event: a node's turn or a timer of the clock.
  void step();
  Node* random_node();  // one that is up; null: none is
  bool are_all_idle() const;
  void end_pauses() { pause_share_ = 0; }
  Duration some_time(std::uint64_t below_us) {
    return Duration{static_cast<std::int64_t>(injector_.random.below(below_us))};
  }

  SimulatedClock clock_;
  FaultInjector injector_;
  std::unique_ptr<MemoryStore> store_;
  SimulatedProvider provider_;
  UnreliableBus bus_;
  std::vector<std::unique_ptr<Node>> nodes_;

 private:
  void start_node(Node& node);
  void stop_process(Node& node);
  void turn(Node& node);

  double pause_share_;  // per turn: the node pauses for longer than its lease
  int crashes_ = 0;
};

}  // namespace sagactl::simulation

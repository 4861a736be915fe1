// A cluster in one thread: nodes on one store, a payment provider, clients, time and faults, all from one seed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/order_admission.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "tests/simulation/ports.hpp"

namespace sagactl::simulation {

struct Options {
  std::uint64_t seed = 1;
  int nodes = 3;
  int orders = 200;
  int products = 150;            // fewer than orders: duplicates
  double operator_share = 0.05;  // cancel, compensate or retry, per order
  double pause_share = 0.002;    // per turn: a node that does nothing for longer than its lease
  Duration order_every = 5ms;
  bool all_systems = false;      // orders are of every system, and draw from stock; else of the first alone
  bool shop_confirms = false;    // a checkout's payment waits for the shop
  double clock_jumps = 0;        // per order: of any machine, forward or back, by seconds or by hours
  Duration reservation_ttl = 5min;
  std::vector<Duration> charge_checks = {5s, 20s, 60s};  // past `held_up_max` in all
  Faults faults;
  std::uint64_t crash_at = 0;
};

// Which faults a seed gets: each may be absent, so that rare ones are not hidden behind frequent ones.
Options swarm(std::uint64_t seed);

class World {
 public:
  explicit World(const Options& options);
  ~World();

  // Clients place orders while faults happen; then all faults end and everything must come to rest.
  void run();

  // What is wrong, one line each; empty: nothing.
  std::vector<std::string> violations();

  std::uint64_t port_calls() const { return chance_.calls; }
  int crashes() const { return crashes_; }
  int accepted() const { return static_cast<int>(accepted_.size()); }
  int adopted() const { return adopted_; }
  // How the sagas of accepted orders ended.
  using Endings = std::map<std::pair<std::string, SagaStatus>, int>;
  Endings endings() const;

 private:
  struct Node {
    NodeName name;
    std::unique_ptr<NodeClock> clock;
    std::unique_ptr<UnreliableStore> store;
    std::unique_ptr<UnreliableGateway> gateway;
    std::unique_ptr<Engine> engine;  // none: it is down
    std::unique_ptr<OrderAdmission> admission;
    SteadyTime due;  // on the world's clock
    std::uint64_t adopted_before = 0;
  };

  void boot(Node& node);
  void kill(Node& node);
  void turn(Node& node);
  void step();
  void place_order();
  void choose_system(PlaceOrder& order);
  void stock_up();
  void confirm_payment(OrderId id);
  void close_shop();
  void jump();
  LedgerEntry& begin_request(OrderKind kind, std::uint32_t group);
  void operate();
  void retry_what_could_not_be_undone();
  bool are_payments_settled();
  void each_flow(const std::function<void(const Flow&)>& see);
  Node* any_node();
  bool at_rest();

  const Options options_;
  SimulatedClock clock_;
  Chance chance_;
  std::unique_ptr<MemoryStore> store_;
  std::unique_ptr<Lock> lock_;
  Provider provider_;
  UnreliableBus bus_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<OrderId> accepted_;  // told to a client as created
  bool stocked_ = false;
  Ledger ledger_;                  // what the clients know
  int placed_ = 0;
  int crashes_ = 0;
  int adopted_ = 0;
  bool came_to_rest_ = false;
};

}  // namespace sagactl::simulation

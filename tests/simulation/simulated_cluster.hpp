// A cluster in one thread: nodes on one store, a payment provider, clients, clocks and faults, all driven by one seed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/ledger/ledger.hpp"
#include "server/adapters/memory/memory_lock.hpp"
#include "server/engine/order_admission.hpp"
#include "tests/simulation/simulated_nodes.hpp"

namespace sagactl::simulation {

struct SimulationOptions {
  std::uint64_t seed = 1;
  int nodes = 3;
  int orders = 200;
  int products = 150;            // fewer than orders, so that there are duplicates
  double operator_share = 0.05;  // cancel, compensate or retry, per order
  double pause_share = 0.002;    // per turn: the node pauses for longer than its lease
  Duration order_every = 5ms;
  bool all_systems = false;    // orders of every definition, which use stock; else only of the order saga
  bool shop_confirms = false;  // a checkout's payment waits for the shop
  double clock_jumps = 0;      // per order: any machine's time of day is set, by seconds or by hours
  Duration reservation_ttl = 5min;
  std::vector<Duration> charge_checks = {5s, 20s, 60s};  // together longer than `delay_max`
  Faults faults;
  std::uint64_t crash_at = 0;
};

// The options of a seed. Any fault may be absent, so that frequent faults do not hide rare ones.
SimulationOptions swarm(std::uint64_t seed);

class SimulatedCluster final : public SimulatedNodes {
 public:
  explicit SimulatedCluster(const SimulationOptions& options);
  ~SimulatedCluster() override;

  // Clients place orders while faults happen; then all faults end and everything has to settle.
  void run();

  // The violated invariants, one line each.
  std::vector<std::string> violations();

  int accepted() const { return static_cast<int>(accepted_.size()); }
  int adopted() const { return adopted_; }
  // How the sagas of accepted orders ended.
  using Endings = std::map<std::pair<std::string, SagaStatus>, int>;
  Endings endings() const;

 private:
  void configure(Node& node, EngineOptions& options) override;
  void attach(Node& node) override;
  void detach(Node& node) override;
  void place_order();
  void choose_saga(PlaceOrder& order);
  void set_stocks();
  void confirm_payment(OrderId id);
  void close_shop();
  void set_a_clock();
  LedgerEntry& begin_request(OrderKind kind, std::uint32_t group);
  void run_operator_command();
  void retry_failed_compensations();
  bool are_payments_settled();
  void visit_flows(const std::function<void(const Flow&)>& see);
  bool is_settled();

  const SimulationOptions options_;
  std::unique_ptr<Lock> lock_;
  std::map<std::size_t, std::unique_ptr<OrderAdmission>> admissions_;  // by the numbers of their nodes
  std::vector<OrderId> accepted_;                                      // acknowledged to a client
  bool is_stocked_ = false;
  Ledger ledger_;  // of the clients
  int placed_ = 0;
  int adopted_ = 0;
  bool is_settled_ = false;
};

}  // namespace sagactl::simulation

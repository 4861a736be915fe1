// Users' sagas on a cluster in one thread: definitions, participants, operators, clocks and faults are all drawn from
// one seed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/simulated_nodes.hpp"
#include "tests/simulation/simulated_participants.hpp"

namespace sagactl::simulation {

struct OwnSagaOptions {
  std::uint64_t seed = 1;
  int nodes = 2;
  int definitions = 6;
  int sagas = 40;
  Duration saga_every = 50ms;
  double operator_share = 0.2;  // per saga: cancels, retries or answers one
  double pause_share = 0;       // per turn: the node pauses for longer than its lease
  Faults faults;
  ParticipantFaults participants;
  bool drops_withdrawals = false;
  std::uint64_t crash_at = 0;
};

// The options of a seed. Any fault may be absent, so that frequent faults do not hide rare ones.
OwnSagaOptions own_saga_swarm(std::uint64_t seed);

// What an operator was given.
struct AcknowledgedCommand {
  SagaId saga;
  SteadyTime at;
  std::size_t node = 0;
  std::size_t begun_before = 0;  // the calls of all sagas that had begun by then
};

class OwnSagaCluster final : public SimulatedNodes {
 public:
  explicit OwnSagaCluster(const OwnSagaOptions& options);
  ~OwnSagaCluster() override;

  // Sagas start while faults happen; then all faults end and every saga has to end.
  void run();
  // The violated invariants, one line each.
  std::vector<std::string> violations();

  int accepted() const { return static_cast<int>(accepted_.size()); }
  std::size_t calls() const { return begun_.size(); }
  int late_undos() const;
  std::map<SagaStatus, int> endings();

 private:
  void attach(Node& node) override;
  void ended(Node& node) override { callers_.erase(node.number); }
  void start_saga();
  void retry(Node& node, SagaId saga);
  void submit_retry(Node& node, SagaId saga, Command command);
  void run_operator_command();
  void answer_step(Node& node, const Saga& saga);
  void submit(Node& node, Command command, std::function<void(const Result<Receipt>&)> done);
  void report(const StepReply& reply, SagaId saga, std::function<void()> acknowledged);
  void settle_with_persons();
  std::optional<Saga> saga_of_id(SagaId id);
  std::optional<Saga> random_saga();
  bool is_settled();

  void check_end(const Saga& saga, std::vector<std::string>& wrong);
  void check_effects(const Saga& saga, std::vector<std::string>& wrong);
  void check_order_of_calls(std::vector<std::string>& wrong);
  std::string witness_of(const std::string& line);
  void check_undo_order(const BegunCall& call);

  const OwnSagaOptions options_;
  SimulatedParticipants participants_;
  std::map<std::size_t, std::unique_ptr<UnreliableCaller>> callers_;  // by the numbers of their nodes
  std::vector<DefinitionPointer> definitions_;
  std::vector<SagaId> accepted_;   // acknowledged to a client
  std::vector<SagaId> attempted_;  // also those whose acknowledgement was lost
  std::vector<AcknowledgedCommand> cancelled_;
  std::set<SagaId> to_be_cancelled_;                    // also those whose acknowledgement was lost
  std::vector<AcknowledgedCommand> retried_, stopped_;  // or perhaps, for want of an acknowledgement
  std::vector<BegunCall> begun_;
  std::map<SagaId, std::vector<std::size_t>> calls_of_;  // in begun_
  std::vector<std::string> wrong_order_;
  int started_ = 0;
  bool is_settled_ = false;
};

// Whether it waits for a person, as its definition says, and for nothing else.
bool waits_by_definition(const Saga& saga);

}  // namespace sagactl::simulation

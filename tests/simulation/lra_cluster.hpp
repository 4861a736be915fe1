// LRAs on a cluster in one thread, some nested in others: clients that start, join, leave, close and cancel them,
// participants and faults are all drawn from one seed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/saga/lra_view.hpp"
#include "tests/simulation/simulated_nodes.hpp"

namespace sagactl::simulation {

// How participants answer, as shares of their calls.
struct LraFaults {
  double fails = 0;        // 409, until a person has retried it
  double unavailable = 0;  // 503, without effect
  double answer_lost = 0;  // with effect
  double works_on = 0;     // 202, and then its status
};

struct LraOptions {
  std::uint64_t seed = 1;
  int nodes = 2;
  int lras = 25;
  Faults faults;
  LraFaults participants;
};

LraOptions lra_swarm(std::uint64_t seed);

// A participant, whichever node calls it.
struct LraMember {
  std::string key;  // of its URLs
  LraLinks links;
  bool is_joined = false;  // acknowledged
  bool may_have_left = false;
  bool is_completed = false, is_compensated = false, has_forgotten = false;
  bool has_failed = false;  // and so may be told to forget that
  int called = 0;
  SteadyTime works_until;
  std::vector<std::string> told;  // the ends of which it heard
};

class LraCluster final : public SimulatedNodes {
 public:
  explicit LraCluster(const LraOptions& options);
  ~LraCluster() override;

  // Clients and faults first; then all faults end, persons retry what failed, and every LRA has to end.
  void run();
  // The violated invariants, one line each.
  std::vector<std::string> violations();
  std::map<LraStatus, int> endings();

 private:
  class Caller;
  // What a client does with one LRA, one command after the other.
  struct Script {
    SagaId id;
    const Script* parent = nullptr;
    DefinitionPointer definition;
    std::vector<LraMember> members;
    int attempts = 0;      // of all commands
    std::size_t next = 0;  // 0: start; then one for each member; then the leave; then the end
    std::optional<std::size_t> leaver;
    bool closes = true, has_limit = false;
    bool is_started = false, is_over = false, may_be_called = false;
    std::vector<std::size_t> first_calls;  // of members, in their order
  };

  Script draw_script(int number);
  void run_next(Script& script);
  void go_on(Script& script, const Result<Receipt>& receipt);
  ParticipantAnswer answer(const ParticipantCall& call);
  ParticipantAnswer work(LraMember& member, const ParticipantCall& call);
  static bool may_be_called(const Script& script);
  bool waits_for_a_person(const Script& script);
  void check_forget(const Script& script, const LraMember& member);
  void check_member(const LraMember& member, bool is_closed, bool is_nested, std::vector<std::string>& wrong);
  void attach(Node& node) override;
  void ended(Node& node) override;
  std::optional<Saga> saga_of(const Script& script);
  bool is_settled();
  void retry_failed();
  void check(const Script& script, std::vector<std::string>& wrong);

  const LraOptions options_;
  LraFaults faults_;
  std::map<std::size_t, std::unique_ptr<Caller>> callers_;  // by the numbers of their nodes
  std::vector<std::unique_ptr<Script>> scripts_;
  std::map<std::string, std::pair<Script*, std::size_t>> members_;  // by their keys
  std::vector<std::string> wrong_;
  bool is_settled_ = false;
};

}  // namespace sagactl::simulation

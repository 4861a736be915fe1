#include "tests/simulation/own_saga_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/drawn_definition.hpp"

namespace sagactl::simulation {
namespace {

constexpr Duration settle_limit = 3h;  // of simulated time, after the faults have ended
constexpr int turns_max = 3'000'000;

const Actor admin{UserId{}, Role::admin};

}  // namespace

OwnSagaOptions own_saga_swarm(std::uint64_t seed) {
  Random random(seed * 6'700'417 + 7);
  const auto sometimes = [&](double share) { return random.chance(0.5) ? share * random.unit() : 0.0; };
  OwnSagaOptions options;
  options.seed = seed;
  options.nodes = 1 + static_cast<int>(random.below(3));
  options.saga_every = Duration{static_cast<std::int64_t>(random.below(200'000))};
  options.operator_share = sometimes(0.6);
  options.pause_share = sometimes(0.01);
  options.faults.crash = sometimes(0.005);
  options.faults.store_unavailable = sometimes(0.03);
  options.faults.commit_in_doubt = sometimes(0.03);
  options.faults.bus_unavailable = sometimes(0.3);
  ParticipantFaults& participants = options.participants;
  participants.refuses = sometimes(0.3);
  participants.refuses_undo = sometimes(0.2);
  participants.unavailable = sometimes(0.4);
  participants.silent = sometimes(0.2);
  participants.answer_lost = sometimes(0.3);
  participants.keep_missing = sometimes(0.3);
  participants.accepts = sometimes(0.5);
  participants.slow = sometimes(0.3);
  participants.late = sometimes(0.3);
  participants.dies = sometimes(0.01);
  return options;
}

OwnSagaCluster::OwnSagaCluster(const OwnSagaOptions& options)
    : SimulatedNodes(options.seed, options.faults, options.pause_share),
      options_(options),
      participants_(clock_, injector_.random, options.participants) {
  injector_.crash_at = options.crash_at;
  participants_.on_report([this](const StepReply& reply, SagaId saga, std::function<void()> acknowledged) {
    report(reply, saga, std::move(acknowledged));
  });
  for (int i = 0; i < options.definitions; ++i) definitions_.push_back(draw_definition(injector_.random, i));
  add_nodes(options.nodes, [this](int) { return some_time(1'000); });
}

OwnSagaCluster::~OwnSagaCluster() {
  remove_nodes();
}

void OwnSagaCluster::attach(Node& node) {
  auto& caller = callers_[node.number] =
      std::make_unique<UnreliableCaller>(node.number, participants_, injector_, clock_, [this](const BegunCall& call) {
        check_undo_order(call);
        calls_of_[call.call.saga].push_back(begun_.size());
        begun_.push_back(call);
        begun_.back().number = begun_.size();
      });
  caller->drops_withdrawals = options_.drops_withdrawals;
  node.engine->set_participants(*caller);
}

void OwnSagaCluster::submit(Node& node, Command command, std::function<void(const Result<Receipt>&)> done) {
  node.engine->submit(std::move(command), [done = std::move(done)](const Result<Receipt>& receipt) { done(receipt); });
}

void OwnSagaCluster::start_saga() {
  ++started_;
  Node* node = random_node();
  if (!node) return;
  StartSagaRequest request;
  request.id = SagaId{make_uuid_v7(clock_.now(), injector_.random.next(), injector_.random.next())};
  request.actor = admin;
  request.definition = definitions_[injector_.random.below(definitions_.size())];
  request.input = R"({"n":7})";
  if (injector_.happens(0.2)) request.key = fmt::format("key-{}", injector_.random.below(20));
  attempted_.push_back(request.id);
  submit(*node, request, [this, id = request.id](const Result<Receipt>& receipt) {
    if (receipt) accepted_.push_back(id);
  });
}

std::optional<Saga> OwnSagaCluster::saga_of_id(SagaId id) {
  auto flow = store_->flow(order_of(id));
  if (!flow.ok() || !*flow) return std::nullopt;
  return std::move((*flow)->saga);
}

std::optional<Saga> OwnSagaCluster::random_saga() {
  if (accepted_.empty()) return std::nullopt;
  return saga_of_id(accepted_[injector_.random.below(accepted_.size())]);
}

// The answer route: any node takes the outcome of a call.
void OwnSagaCluster::report(const StepReply& reply, SagaId saga, std::function<void()> acknowledged) {
  Node* node = random_node();
  if (!node) return;
  submit(*node, StepReplied{saga, reply}, [acknowledged](const Result<Receipt>& receipt) {
    // An answer that is out of date, or says nothing new, is not sent again.
    if (receipt || receipt.error().code == ErrorCode::retry) acknowledged();
  });
}

// For a person: `done` or `refused`. For a call: only that it is to be tried again, as the operator does not know more.
void OwnSagaCluster::answer_step(Node& node, const Saga& saga) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < saga.steps.size(); ++i)
    if (is_in_progress(saga.steps[i])) open.push_back(i);
  if (open.empty()) return;
  const std::size_t i = open[injector_.random.below(open.size())];
  const StepDefinition& step = saga.own_definition->steps[i];
  Outcome outcome = Unavailable{"again"};
  if (step.kind != StepKind::call) {
    if (injector_.happens(0.2))
      outcome = Refused{"no"};
    else
      outcome = Succeeded{R"({"by":"a person"})"};
  }
  const AnswerStepRequest answer{saga.id, admin, step.name, outcome, "simulated"};
  // A failed saga goes on by that.
  if (saga.status == SagaStatus::failed) return submit_retry(node, saga.id, answer);
  submit(node, answer, [](const Result<Receipt>&) {});
}

void OwnSagaCluster::retry(Node& node, SagaId saga) {
  submit_retry(node, saga, RetryRequest{saga, admin, false});
}

// Without an acknowledgement it may have been carried out at any time.
void OwnSagaCluster::submit_retry(Node& node, SagaId saga, Command command) {
  const std::size_t number = retried_.size();
  retried_.push_back({saga, never_due, node.number, 0});
  submit(node, std::move(command), [this, number](const Result<Receipt>& receipt) {
    const bool is_certain = receipt || receipt.error().code == ErrorCode::conflict;
    if (is_certain) retried_[number].at = clock_.steady();
  });
}

void OwnSagaCluster::run_operator_command() {
  Node* node = random_node();
  const auto saga = random_saga();
  if (!node || !saga) return;
  const auto acknowledged = [this, id = saga->id, number = node->number](std::vector<AcknowledgedCommand>& into) {
    return [this, id, number, &into](const Result<Receipt>& receipt) {
      if (receipt) into.push_back({id, clock_.steady(), number, begun_.size()});
    };
  };
  switch (injector_.random.below(8)) {
    case 0:
    case 1:
    case 2:
      to_be_cancelled_.insert(saga->id);
      return submit(*node, CompensateRequest{saga->id, admin, "cancelled"}, acknowledged(cancelled_));
    case 3:
      stopped_.push_back({saga->id, clock_.steady(), node->number, 0});
      return submit(*node, StopSagaRequest{saga->id, admin, "stopped"}, [](const Result<Receipt>&) {});
    case 4:
    case 5:
      return retry(*node, saga->id);
    default:
      return answer_step(*node, *saga);
  }
}

bool waits_by_definition(const Saga& saga) {
  if (saga.status != SagaStatus::started || saga.wake_at) return false;
  bool waits = false;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    if (!is_in_progress(saga.steps[i])) continue;
    const StepDefinition& step = saga.own_definition->steps[i];
    if (step.kind != StepKind::wait || step.waits != Duration::max()) return false;
    waits = true;
  }
  return waits;
}

// Persons answer some of the waits without limit, and retry what has failed.
void OwnSagaCluster::settle_with_persons() {
  for (const SagaId id : attempted_) {
    Node* node = random_node();
    const auto saga = saga_of_id(id);
    if (!node || !saga) continue;
    if (waits_by_definition(*saga) && injector_.happens(0.7)) answer_step(*node, *saga);
    if (saga->status == SagaStatus::failed && saga->requires_manual_intervention) retry(*node, id);
  }
}

bool OwnSagaCluster::is_settled() {
  if (!are_all_idle()) return false;
  for (const SagaId id : attempted_) {
    const auto saga = saga_of_id(id);
    if (saga && !is_terminal(saga->status) && !waits_by_definition(*saga)) return false;
  }
  return store_->counts()->unpublished_events == 0;
}

void OwnSagaCluster::run() {
  SteadyTime next_saga = clock_.steady();
  for (int i = 0; i < turns_max && started_ < options_.sagas; ++i) {
    if (clock_.steady() >= next_saga) {
      start_saga();
      if (injector_.happens(options_.operator_share)) run_operator_command();
      next_saga = clock_.steady() + options_.saga_every;
      clock_.after(options_.saga_every, [] {});
    }
    step();
  }
  end_pauses();
  // Faults go on until most sagas have had their time; operators as well.
  const SteadyTime calm = clock_.steady() + some_time(90'000'000);
  for (int i = 0; i < turns_max && clock_.steady() < calm; ++i) {
    step();
    if (i % 64 == 0 && injector_.happens(options_.operator_share)) run_operator_command();
  }
  injector_.faults = Faults{};
  const bool ignores_keys = participants_.faults.ignores_keys;
  participants_.faults = ParticipantFaults{};
  participants_.faults.ignores_keys = ignores_keys;
  const SteadyTime limit = clock_.steady() + settle_limit;
  const SteadyTime no_more_late = clock_.steady() + 2min;  // what was begun late has been told by then
  int persons = 0;
  for (int i = 0; i < turns_max && clock_.steady() < limit; ++i) {
    step();
    if (i % 256 != 0 || !is_settled()) continue;
    if (persons++ < 3) {
      settle_with_persons();
      continue;
    }
    is_settled_ = clock_.steady() >= no_more_late;
    if (is_settled_) break;
  }
}

}  // namespace sagactl::simulation

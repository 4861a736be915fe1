#include "tests/simulation/lra_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/saga/compile_definition.hpp"

namespace sagactl::simulation {
namespace {

constexpr Duration lra_settle_limit = 4h;  // of simulated time, after the faults have ended
constexpr int lra_turns_max = 2'000'000;
constexpr int persons_max = 2 + lra_levels_max;  // rounds of retries: a nested LRA before its parent

const Actor lra_admin{UserId{}, Role::admin};

ParticipantAnswer of_status(int status, std::string body = {}) {
  ParticipantAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

ParticipantAnswer without_any(bool was_sent) {
  ParticipantAnswer answer;
  answer.failure = "no answer";
  answer.was_sent = answer.was_called = was_sent;
  return answer;
}

}  // namespace

LraOptions lra_swarm(std::uint64_t seed) {
  Random random(seed * 15'485'863 + 3);
  const auto sometimes = [&](double share) { return random.chance(0.5) ? share * random.unit() : 0.0; };
  LraOptions options;
  options.seed = seed;
  options.nodes = 1 + static_cast<int>(random.below(3));
  options.faults.crash = sometimes(0.005);
  options.faults.store_unavailable = sometimes(0.03);
  options.faults.commit_in_doubt = sometimes(0.03);
  options.participants.fails = sometimes(0.3);
  options.participants.unavailable = sometimes(0.4);
  options.participants.answer_lost = sometimes(0.3);
  options.participants.works_on = sometimes(0.4);
  return options;
}

// One node's calls. An answer that comes when the node has crashed is lost.
class LraCluster::Caller final : public ParticipantCaller {
 public:
  explicit Caller(LraCluster& cluster) : cluster_(cluster) {}
  ~Caller() override { *is_alive_ = false; }

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override {
    cluster_.injector_.maybe_crash(true);
    const auto later = [this](Duration wait, std::function<void()> work) {
      cluster_.clock_.after(wait, [is_alive = is_alive_, work = std::move(work)] {
        if (*is_alive) work();
      });
    };
    later(cluster_.some_time(20'000), [this, later, call = std::move(call), done = std::move(done)] {
      if (!may_begin_()) return done(without_any(false));
      const ParticipantAnswer answer = cluster_.answer(call);
      const bool is_lost = cluster_.injector_.happens(cluster_.faults_.answer_lost);
      if (is_lost)
        later(call.timeout, [done] { done(without_any(true)); });
      else
        later(cluster_.some_time(50'000), [done, answer] { done(answer); });
    });
    cluster_.injector_.maybe_crash(false);
  }
  void withdraw(SagaId) override {}
  void set_guard(std::function<bool()> may_begin) override { may_begin_ = std::move(may_begin); }

 private:
  LraCluster& cluster_;
  std::function<bool()> may_begin_ = [] { return true; };
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

LraCluster::LraCluster(const LraOptions& options)
    : SimulatedNodes(options.seed, options.faults), options_(options), faults_(options.participants) {
  add_nodes(options.nodes, [this](int) { return some_time(1'000); });
}

LraCluster::~LraCluster() {
  remove_nodes();
}

void LraCluster::ended(Node& node) {
  callers_.erase(node.number);
}

void LraCluster::attach(Node& node) {
  auto& caller = callers_[node.number] = std::make_unique<Caller>(*this);
  node.engine->set_participants(*caller);
}

LraCluster::Script LraCluster::draw_script(int number) {
  Script script;
  script.id = SagaId{make_uuid_v7(clock_.now(), injector_.random.next(), injector_.random.next())};
  LraDefinition lra;
  lra.coordinator = "http://node/lra-coordinator";
  if (const Script* parent = scripts_.empty() ? nullptr : scripts_[injector_.random.below(scripts_.size())].get();
      parent && parent->definition->lra->level < lra_levels_max && injector_.happens(0.5)) {
    script.parent = parent;
    lra.parent = lra_id(*parent->definition->lra, parent->id);
    lra.level = parent->definition->lra->level + 1;
  }
  script.has_limit = injector_.happens(0.3);
  if (script.has_limit) lra.limit = some_time(2'000'000) + 1ms;
  script.definition = compile_definition(canonical_text(lra_definition_json(lra)), 1).value();
  script.closes = injector_.happens(0.6);
  const std::size_t count = injector_.random.below(5);
  for (std::size_t i = 0; i < count; ++i) {
    LraMember& member = script.members.emplace_back();
    member.key = fmt::format("{}-{}", number, i);
    const std::string url = fmt::format("http://server-{}/{}/", injector_.random.below(3), member.key);
    const bool only_listens = injector_.happens(0.15);
    if (!only_listens) member.links.compensate = url + "compensate";
    if (!only_listens && injector_.happens(0.9)) member.links.complete = url + "complete";
    if (injector_.happens(0.5)) member.links.status = url + "status";
    if (injector_.happens(0.5)) member.links.forget = url + "forget";
    if (only_listens || injector_.happens(0.3)) member.links.after = url + "after";
  }
  if (count > 0 && injector_.happens(0.2)) script.leaver = injector_.random.below(count);
  return script;
}

// Any node takes any command; one whose outcome is not known, or that a crash left without an answer, is sent again.
void LraCluster::run_next(Script& script) {
  Node* node = random_node();
  if (!node) {
    clock_.after(100ms, [this, &script] { run_next(script); });
    return;
  }
  const int attempt = ++script.attempts;
  const auto done = [this, &script, attempt](const Result<Receipt>& receipt) {
    if (attempt == script.attempts) go_on(script, receipt);
  };
  clock_.after(3s, [this, &script, attempt] {
    if (attempt == script.attempts && !script.is_over) run_next(script);
  });
  const auto change = [&](decltype(ChangeLraRequest::change) it) {
    node->engine->submit(ChangeLraRequest{script.id, lra_admin, std::move(it)}, done);
  };
  const std::size_t members = script.members.size();
  if (script.next == 0) {
    StartSagaRequest request;
    request.id = script.id;
    if (script.parent) request.parent = script.parent->id;
    request.actor = lra_admin;
    request.definition = script.definition;
    request.input = "{}";
    node->engine->submit(std::move(request), done);
  } else if (script.next <= members) {
    change(JoinLra{script.members[script.next - 1].links});
  } else if (script.next == members + 1 && script.leaver) {
    LraMember& member = script.members[*script.leaver];
    member.may_have_left = true;
    change(LeaveLra{member.links.compensate.empty() ? member.links.after : member.links.compensate});
  } else {
    script.may_be_called = true;
    change(EndLra{script.closes});
  }
}

void LraCluster::go_on(Script& script, const Result<Receipt>& receipt) {
  const std::size_t members = script.members.size();
  const bool has_no_parent = script.parent && script.parent->is_over && !saga_of(*script.parent);
  const bool is_known = receipt || receipt.error().code == ErrorCode::conflict || has_no_parent ||
                        receipt.error().code == ErrorCode::invalid || receipt.error().code == ErrorCode::bug;
  if (!is_known) {
    clock_.after(some_time(500'000), [this, &script] { run_next(script); });
    return;
  }
  if (receipt && script.next == 0) script.is_started = true;
  // A start whose first answer was lost may be refused, since the saga is there.
  if (script.next == 0 && !receipt) script.is_started = saga_of(script).has_value();
  if (receipt && script.next > 0 && script.next <= members) script.members[script.next - 1].is_joined = true;
  const std::size_t last = members + 2;
  script.next = script.next == members && !script.leaver ? last : script.next + 1;
  script.is_over = script.next > last || !script.is_started;
  if (!script.is_over) clock_.after(some_time(300'000), [this, &script] { run_next(script); });
}

ParticipantAnswer LraCluster::answer(const ParticipantCall& call) {
  const auto path = call.url.find('/', call.url.find("://") + 3);
  const auto verb = call.url.rfind('/');
  const std::string key = call.url.substr(path + 1, verb - path - 1), what = call.url.substr(verb + 1);
  auto& [script, index] = members_.at(key);
  LraMember& member = script->members[index];
  const std::string name = fmt::format("{} of LRA {}", what, script->id.text());
  if (!may_be_called(*script)) wrong_.push_back(fmt::format("{} was called before anybody ended it", name));
  if (injector_.happens(faults_.unavailable)) return of_status(503);
  if (what == "after") {
    member.told.push_back(call.body);
    return of_status(200);
  }
  if (what == "forget") {
    check_forget(*script, member);
    member.has_forgotten = true;
    return of_status(200);
  }
  if (what != "status" && member.called++ == 0) script->first_calls.push_back(index);
  if (what == "compensate" && member.has_forgotten && !member.has_failed)
    wrong_.push_back(fmt::format("{}: its participant has been allowed to forget", name));
  return work(member, call);
}

bool LraCluster::may_be_called(const Script& script) {
  for (const Script* it = &script; it; it = it->parent)
    if (it->may_be_called || it->has_limit) return true;
  return false;
}

// One that has not failed may only do so when nothing can be cancelled any more.
void LraCluster::check_forget(const Script& script, const LraMember& member) {
  if (member.has_failed) return;
  const Script* outermost = &script;
  while (outermost->parent) outermost = outermost->parent;
  const auto saga = saga_of(*outermost);
  if (!script.parent || !saga || lra_status_of(*saga) != LraStatus::closed)
    wrong_.push_back(fmt::format("participant {} was asked to forget while it may have to compensate", member.key));
}

ParticipantAnswer LraCluster::work(LraMember& member, const ParticipantCall& call) {
  const bool undoes = call.call.direction == Direction::compensation;
  bool& is_done = undoes ? member.is_compensated : member.is_completed;
  const bool is_at_work = clock_.steady() < member.works_until;
  if (call.is_question) {
    if (is_at_work) return of_status(200, undoes ? "Compensating" : "Completing");
    if (is_done) return of_status(200, undoes ? "Compensated" : "Completed");
    return of_status(200, "Active");
  }
  if (is_at_work) return of_status(202);
  if (!is_done && injector_.happens(faults_.fails)) {
    member.has_failed = true;
    return of_status(409, "no");
  }
  const bool works_on = !is_done && injector_.happens(faults_.works_on);
  is_done = true;
  if (!works_on) return of_status(200);
  member.works_until = clock_.steady() + some_time(5'000'000);
  return of_status(202);
}

std::optional<Saga> LraCluster::saga_of(const Script& script) {
  auto flow = store_->flow(order_of(script.id));
  if (!flow.ok() || !*flow) return std::nullopt;
  return std::move((*flow)->saga);
}

bool LraCluster::is_settled() {
  if (!are_all_idle()) return false;
  for (const auto& script : scripts_) {
    if (!script->is_over) return false;
    const auto saga = saga_of(*script);
    if (saga && !is_terminal(saga->status) && !waits_for_a_person(*script)) return false;
  }
  return true;
}

// It is nested and closed, and one above it has failed.
bool LraCluster::waits_for_a_person(const Script& script) {
  const auto saga = saga_of(script);
  if (!script.parent || !saga || !is_closed_for_now(*saga) || lra_status_of(*saga) != LraStatus::closed) return false;
  for (const Script* it = script.parent; it; it = it->parent)
    if (const auto above = saga_of(*it); above && above->status == SagaStatus::failed) return true;
  return false;
}

void LraCluster::retry_failed() {
  for (const auto& script : scripts_) {
    Node* node = random_node();
    const auto saga = saga_of(*script);
    if (node && saga && saga->status == SagaStatus::failed)
      node->engine->submit(RetryRequest{script->id, lra_admin, false}, [](const Result<Receipt>&) {});
  }
}

void LraCluster::run() {
  for (int i = 0; i < options_.lras; ++i) {
    Script& script = *scripts_.emplace_back(std::make_unique<Script>(draw_script(i)));
    for (std::size_t m = 0; m < script.members.size(); ++m) members_[script.members[m].key] = {&script, m};
    clock_.after(some_time(5'000'000), [this, &script] { run_next(script); });
  }
  const SteadyTime calm = clock_.steady() + 10s + some_time(60'000'000);
  for (int i = 0; i < lra_turns_max && clock_.steady() < calm; ++i) step();
  injector_.faults = Faults{};
  faults_ = LraFaults{};
  const SteadyTime limit = clock_.steady() + lra_settle_limit;
  int persons = 0;
  for (int i = 0; i < lra_turns_max && clock_.steady() < limit && !is_settled_; ++i) {
    step();
    if (i % 256 != 0 || !is_settled()) continue;
    if (persons++ < persons_max)
      retry_failed();
    else
      is_settled_ = true;
  }
}

void LraCluster::check(const Script& script, std::vector<std::string>& wrong) {
  const auto saga = saga_of(script);
  const auto add = [&](const std::string& what) { wrong.push_back(fmt::format("LRA {}: {}", script.id.text(), what)); };
  if (script.is_started && !saga) return add("it was acknowledged and is not there");
  if (!saga) return;
  if (saga->status != SagaStatus::completed && saga->status != SagaStatus::compensated)
    return add(fmt::format("it is {} in the end, {}: {}", to_string(saga->status), to_string(lra_status_of(*saga)),
                           saga->error));
  const bool is_closed = saga->status == SagaStatus::completed, is_nested = script.parent != nullptr;
  if (is_closed && !script.closes && !is_nested) add("it is closed, and was cancelled");
  if (!is_closed && script.closes && !script.has_limit && !is_nested) add("it is cancelled, and was closed");
  if (is_closed && is_nested && saga_of(*script.parent)->status != SagaStatus::completed)
    add("it is closed, and its parent is not");
  for (const LraMember& member : script.members)
    if (!member.may_have_left && member.is_joined) check_member(member, is_closed, is_nested, wrong);
  const bool is_calm = !is_nested && options_.faults.crash == 0 && options_.faults.store_unavailable == 0 &&
                       options_.faults.commit_in_doubt == 0 && options_.participants.unavailable == 0;
  if (is_calm && !std::is_sorted(script.first_calls.rbegin(), script.first_calls.rend()))
    add("one that joined earlier was called first");
}

// One of a nested LRA may have completed, and heard of that, before it compensated.
void LraCluster::check_member(const LraMember& member, bool is_closed, bool is_nested,
                              std::vector<std::string>& wrong) {
  const auto add = [&](const char* what) { wrong.push_back(fmt::format("participant {} {}", member.key, what)); };
  const LraLinks& links = member.links;
  if (is_closed && member.is_compensated) add("compensated, and its LRA is closed");
  if (is_closed && !links.complete.empty() && !member.is_completed) add("did not complete");
  if (is_closed && is_nested && !links.forget.empty() && !links.compensate.empty() && !member.has_forgotten)
    add("was not told to forget");
  if (!is_closed && member.is_completed && !is_nested) add("completed, and its LRA is cancelled");
  if (!is_closed && !links.compensate.empty() && !member.is_compensated) add("did not compensate");
  if (!links.after.empty() && member.told.empty()) add("never heard of the end");
  for (std::size_t i = is_nested && !member.told.empty() ? member.told.size() - 1 : 0; i < member.told.size(); ++i) {
    const std::string& end = member.told[i];
    if (end != (is_closed ? "Closed" : "Cancelled") && end != (is_closed ? "FailedToClose" : "FailedToCancel"))
      add("heard of another end");
  }
}

std::vector<std::string> LraCluster::violations() {
  std::vector<std::string> wrong = wrong_;
  if (!is_settled_) wrong.emplace_back("not every LRA has ended in time");
  for (const auto& script : scripts_) check(*script, wrong);
  return wrong;
}

std::map<LraStatus, int> LraCluster::endings() {
  std::map<LraStatus, int> found;
  for (const auto& script : scripts_)
    if (const auto saga = saga_of(*script)) ++found[lra_status_of(*saga)];
  return found;
}

}  // namespace sagactl::simulation

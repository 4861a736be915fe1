// The verdicts on users' sagas: how they ended, what is in effect, and in which order their participants were called.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "server/participants/calls/participant_request.hpp"
#include "tests/simulation/drawn_definition.hpp"
#include "tests/simulation/own_saga_cluster.hpp"

namespace sagactl::simulation {
namespace {

// The key of an execution of a step.
std::string key_of(const Saga& saga, std::size_t step, int execution) {
  Saga then = saga;
  then.steps[step].execution = execution;
  return step_key(then, step);
}

bool has_undo(const Saga& saga, std::size_t step) {
  return !saga.own_definition->steps[step].compensation.empty();
}

}  // namespace

// Of a step that an undo holds back: those that come after it must not be in effect when its own undo begins. A
// participant that does a step late may do it at any time.
void OwnSagaCluster::check_undo_order(const BegunCall& call) {
  if (call.call.direction != Direction::compensation || call.is_question) return;
  const auto saga = saga_of_id(call.call.saga);
  if (!saga) return;
  const SagaDefinition& definition = *saga->own_definition.definition;
  for (std::size_t later = 0; later < definition.steps.size(); ++later) {
    if (!has_undo(*saga, later) || !comes_after(definition, later, call.call.step)) continue;
    const auto* effect = participants_.find(key_of(*saga, later, call.call.execution));
    if (effect && effect->in_effect && !effect->is_late)
      wrong_order_.push_back(fmt::format("saga {}: {} is undone while {}, which comes after it, is in effect",
                                         saga->id.text(), definition.steps[call.call.step].name,
                                         definition.steps[later].name));
  }
}

void OwnSagaCluster::check_end(const Saga& saga, std::vector<std::string>& wrong) {
  const std::string who = fmt::format("saga {} ({})", saga.id.text(), to_string(saga.status));
  if (!is_terminal(saga.status) && !waits_by_definition(saga)) wrong.push_back(who + " has not ended");
  const bool was_stopped =
      std::any_of(stopped_.begin(), stopped_.end(), [&](const auto& it) { return it.saga == saga.id; });
  if (saga.status == SagaStatus::failed && !saga.requires_manual_intervention && !was_stopped)
    wrong.push_back(who + " has failed and asks for no person");
}

void OwnSagaCluster::check_effects(const Saga& saga, std::vector<std::string>& wrong) {
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    if (saga.own_definition->steps[i].kind != StepKind::call) continue;
    const int last = saga.steps[i].execution;
    const bool went_back_alone = saga.status == SagaStatus::compensated && to_be_cancelled_.count(saga.id) == 0;
    if (i == saga.own_definition->pivot && !has_undo(saga, i) && went_back_alone)
      if (const auto* effect = participants_.find(key_of(saga, i, last));
          effect && effect->in_effect && !effect->is_late)
        wrong.push_back(fmt::format("{} is in effect, and its saga went back by itself", key_of(saga, i, last)));
    for (int execution = 1; execution <= last; ++execution) {
      const std::string key = key_of(saga, i, execution);
      const auto* effect = participants_.find(key);
      const bool in_effect = effect && effect->in_effect;
      if (effect && effect->times > 1) wrong.push_back(fmt::format("{} was done {} times", key, effect->times));
      if (effect && effect->undone > effect->times)
        wrong.push_back(fmt::format("{} was undone {} times", key, effect->undone));
      if (saga.status == SagaStatus::failed) continue;
      const bool is_current =
          execution == last && (saga.status == SagaStatus::completed || saga.steps[i].status == StepStatus::succeeded);
      if (is_current && !in_effect) wrong.push_back(key + " is not in effect, and its saga says that it is");
      // What a participant does late in an execution that was retried since then is not undone: ADR 19.
      const bool is_of_the_past = effect && effect->is_late && execution < last;
      if (!is_current && in_effect && has_undo(saga, i) && is_terminal(saga.status) && !is_of_the_past)
        wrong.push_back(fmt::format("{} is in effect, and its saga is {}{}", key, to_string(saga.status),
                                    effect->is_late ? " (late)" : ""));
    }
  }
}

void OwnSagaCluster::check_order_of_calls(std::vector<std::string>& wrong) {
  struct Seen {
    std::set<std::string> do_keys, undo_keys;
    const BegunCall* undo = nullptr;  // the first
  };
  for (const auto& [id, numbers] : calls_of_) {
    std::map<std::pair<std::size_t, int>, Seen> seen;
    for (const std::size_t number : numbers) {
      const BegunCall& call = begun_[number];
      Seen& it = seen[{call.call.step, call.call.execution}];
      const std::string who = fmt::format("saga {} step {}", id.text(), call.call.step);
      if (call.call.direction == Direction::compensation) {
        if (!it.undo) it.undo = &call;
        it.undo_keys.insert(call.key);
        continue;
      }
      it.do_keys.insert(call.key);
      if (call.is_question) continue;
      // What waits in another node's queue may begin until its time limit; its key makes it harmless.
      if (it.undo && (call.handed > it.undo->handed || call.node == it.undo->node))
        wrong.push_back(who + " was called after its undo had begun");
      for (const AcknowledgedCommand& cancel : cancelled_) {
        if (cancel.saga != id || call.number <= cancel.begun_before) continue;
        if (call.handed <= cancel.at && call.node != cancel.node) continue;
        const bool was_retried = std::any_of(retried_.begin(), retried_.end(), [&](const AcknowledgedCommand& retry) {
          return retry.saga == id && retry.at >= cancel.at;
        });
        if (!was_retried) wrong.push_back(who + " was called after the saga was cancelled");
      }
    }
    for (const auto& [step, it] : seen) {
      if (it.do_keys.size() > 1)
        wrong.push_back(fmt::format("saga {} step {}: the key changed", id.text(), step.first));
      // The second: it was undone while it was not known, and then answered that it was done.
      if (it.undo_keys.size() > 2)
        wrong.push_back(
            fmt::format("saga {} step {}: it was undone under {} keys", id.text(), step.first, it.undo_keys.size()));
    }
  }
}

int OwnSagaCluster::late_undos() const {
  return static_cast<int>(
      std::count_if(begun_.begin(), begun_.end(), [](const BegunCall& it) { return it.key.ends_with(".2\""); }));
}

std::map<SagaStatus, int> OwnSagaCluster::endings() {
  std::map<SagaStatus, int> out;
  for (const SagaId id : attempted_)
    if (const auto saga = saga_of_id(id)) ++out[saga->status];
  return out;
}

// The calls and events of the saga that the line names, and how its steps ended.
std::string OwnSagaCluster::witness_of(const std::string& line) {
  std::string out;
  for (const SagaId id : attempted_) {
    const auto saga = saga_of_id(id);
    if (!saga || line.find(id.text()) == std::string::npos) continue;
    for (const std::size_t number : calls_of_[id]) {
      const BegunCall& it = begun_[number];
      out += fmt::format("\n  {} s, handed {} s: node {} {} {}, try {}", static_cast<double>(it.begun.us) / 1e6,
                         static_cast<double>(it.handed.us) / 1e6, it.node, it.is_question ? "asks" : "calls", it.key,
                         it.call.tries);
    }
    for (const StepState& step : saga->steps) out += fmt::format("\n  {} {}", to_string(step.status), step.error);
    for (const auto& [what, commands] :
         {std::pair{"cancelled", &cancelled_}, {"retried", &retried_}, {"stopped", &stopped_}})
      for (const AcknowledgedCommand& it : *commands)
        if (it.saga == id)
          out += fmt::format("\n  {} s: {} on node {}", static_cast<double>(it.at.us) / 1e6, what, it.node);
    for (const Event& event : store_->flow_events(order_of(id)).value())
      out +=
          fmt::format("\n  {} {} {} {}", iso8601_us(event.occurred_at), event.node, to_string(event.type), event.data);
    out += "\n  " + saga->own_definition->text;
  }
  return out;
}

std::vector<std::string> OwnSagaCluster::violations() {
  std::vector<std::string> wrong = wrong_order_;
  if (!is_settled_) wrong.push_back("the cluster did not settle");
  if (bus_.gap) wrong.push_back("an event was published before one that it must follow");
  for (const std::string& what : bus_.overtaken) wrong.push_back(what);
  for (const SagaId id : accepted_)
    if (!saga_of_id(id)) wrong.push_back("an acknowledged saga is lost: " + id.text());
  for (const SagaId id : attempted_) {
    const auto saga = saga_of_id(id);
    if (!saga) continue;
    check_end(*saga, wrong);
    check_effects(*saga, wrong);
  }
  check_order_of_calls(wrong);
  if (wrong.size() > 8) wrong.resize(8);
  for (std::string& what : wrong) what += witness_of(what);
  return wrong;
}

}  // namespace sagactl::simulation

#include "tests/saga/lra_family.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/participants/calls/lra_call.hpp"
#include "server/participants/calls/participant_request.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {

Moment LraFamily::moment() {
  now_ = now_ + 1ms;
  return Moment{now_, "node-1", 1, 7};
}

SagaId LraFamily::start(std::optional<SagaId> parent, Duration limit) {
  const SagaId id = SagaId::fresh();
  LraDefinition lra;
  lra.coordinator = "http://node/lra-coordinator";
  lra.limit = limit;
  if (parent) {
    const LraDefinition& above = *sagas_.at(*parent).own_definition->lra;
    lra.parent = lra_id(above, *parent);
    lra.level = above.level + 1;
    const auto enlisted = tell(*parent, EnlistLra{id, links_of_nested(lra, id)});
    EXPECT_TRUE(enlisted);
  }
  const auto definition = compile_definition(canonical_text(lra_definition_json(lra)), 1).value();
  Saga saga = new_saga(*definition, id, moment());
  saga.own_definition = {definition};
  sagas_.emplace(id, std::move(saga));
  const auto started = tell(id, StartSaga{});
  EXPECT_TRUE(started);
  return id;
}

Result<void> LraFamily::join(SagaId id, const std::string& name, const std::vector<std::string>& more) {
  const auto has = [&](const char* what) { return std::find(more.begin(), more.end(), what) != more.end(); };
  const auto url = [&](const char* what) { return "http://" + name + "/" + what; };
  LraLinks links;
  links.compensate = url("compensate");
  links.complete = url("complete");
  if (has("forget")) links.forget = url("forget");
  if (has("after")) links.after = url("after");
  return tell(id, JoinLra{links});
}

Result<void> LraFamily::tell(SagaId id, const SagaCommand& command) {
  Saga& saga = sagas_.at(id);
  const DefinitionPointer definition = saga.own_definition.definition;
  const LraStatus before = lra_status_of(saga);
  auto decision = decide(*definition, saga, command, moment());
  if (!decision) return decision.error();
  saga = std::move(decision->saga);
  calls_.insert(calls_.end(), decision->calls.begin(), decision->calls.end());
  const LraStatus after = lra_status_of(saga);
  if (is_nested_lra(saga) && has_ended(after) && before != after && !is_quiet_)
    (void)tell(saga_of_lra_id(saga.own_definition->lra->parent).value(), TryNow{id});
  run();
  return {};
}

void LraFamily::run() {
  while (!calls_.empty()) {
    if (is_adopted_always_) {
      is_adopted_always_ = false;
      calls_.clear();
      for (const auto& [id, saga] : std::map<SagaId, Saga>(sagas_)) (void)tell(id, WakeSaga{});
      is_adopted_always_ = true;
      return;
    }
    const StepCall call = calls_.front();
    calls_.pop_front();
    answer(call);
  }
}

void LraFamily::answer(const StepCall& call) {
  const Saga& saga = sagas_.at(call.saga);
  const auto request = request_of(saga, call, moment()).value();
  Outcome outcome = Succeeded{};
  if (request.nested) {
    const auto told = tell(request.nested->lra, TellLra{request.nested->word});
    ASSERT_TRUE(told) << told.error().message;
    outcome = read_answer(request, nested_lra_answer(sagas_.at(request.nested->lra), request.nested->word)).outcome;
  } else if (request.definition) {
    const std::string what = request.url.substr(std::string_view("http://").size());
    if (const std::string name = request.method + " " + what; called_.empty() || called_.back() != name)
      called_.push_back(name);
    headers.clear();
    for (const auto& [name, value] : request.headers) headers[name] = value;
    ParticipantAnswer given;
    given.status = fails.contains(what) ? 409 : 200;
    outcome = read_answer(request, given).outcome;
  }
  (void)tell(call.saga,
             StepReply{call.step, call.direction, call.execution, std::move(outcome), call.tries, call.since});
}

void LraFamily::pass(Duration time) {
  const Timestamp until = now_ + time;
  for (;;) {
    const Saga* next = nullptr;
    for (const auto& [id, saga] : sagas_)
      if (saga.wake_at && !is_terminal(saga.status) && (!next || *saga.wake_at < *next->wake_at)) next = &saga;
    if (!next || *next->wake_at > until) break;
    now_ = std::max(now_, *next->wake_at);
    (void)tell(next->id, WakeSaga{next->wake_at});
  }
  now_ = std::max(now_, until);
}

std::string LraFamily::id_of(SagaId id) const {
  return lra_id(*sagas_.at(id).own_definition->lra, id);
}

std::vector<std::string> LraFamily::called() const {
  return called_;
}

}  // namespace sagactl

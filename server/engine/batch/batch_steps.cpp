// The steps of sagas in a batch: calls, their replies, and which participant carries them out.
#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_object.hpp"
#include "common/text/text.hpp"
#include "server/engine/batch/command_batch.hpp"
#include "server/participants/payment_check.hpp"
#include "server/participants/shop_events.hpp"
#include "server/ports/saga_keys.hpp"
#include "server/saga/lra_view.hpp"
#include "server/saga/no_such_step.hpp"
#include "server/saga/wait_values.hpp"

namespace sagactl {
namespace {

// The most calls that one command may lead to within its batch: twice every step of the longest saga, forward and back.
// More is a loop in a definition.
constexpr int calls_max = 4 * static_cast<int>(steps_max);
// The first tries of a call are recorded, up to this number, and after that one in that many.
constexpr int recorded_tries_max = 20;
constexpr std::size_t events_expected = 8;  // of one command

std::string name_of(const StepDefinition& step, Direction direction) {
  return std::string(direction == Direction::action ? step.name : step.compensated_as);
}

RemoteReply remote_reply(const StepDefinition& step, const Flow& flow, StepReply reply) {
  RemoteReply out{name_of(step, reply.direction), flow.saga->id, std::move(reply), flow.saga->trace_parent};
  if (std::holds_alternative<Succeeded>(out.reply.outcome))
    out.data = shop_reply_data(flow, out.name, out.reply.execution);
  return out;
}

std::string call_data(const Flow& flow) {
  return JsonObject()
      .add("customerId", flow.order.customer)
      .raw("items", to_json_text(flow.order.items))
      .raw("amount", flow.order.total.number_text())
      .raw("totalAmount", flow.order.total.number_text())
      .take();
}

// Of messages between processes, whose steps are those of a saga that is orchestrated over them. In any other saga a
// step of that number is another one.
Result<void> check_is_orchestrated_by_messages(const SagaDefinition* definition) {
  if (definition && definition->services_may_be_remote && definition->mode == Mode::orchestration) return {};
  return Error{ErrorCode::retry, "the saga is not carried out over messages"};
}

// That a step is done says nothing about its undo, which may have begun since the user looked.
Result<void> check_is_meant(const Saga& saga, std::size_t step, const AnswerStepRequest& answer) {
  const StepState& state = saga.steps[step];
  if (!is_in_progress(state)) return {};  // the decider says so
  const bool is_other_direction = answer.direction && *answer.direction != direction_of(state);
  if (!is_other_direction && (answer.execution == 0 || answer.execution == state.execution)) return {};
  const char* what = direction_of(state) == Direction::action ? "done" : "undone";
  return Error{ErrorCode::conflict,
               fmt::format("step {} of saga {} is being {} in its attempt {}, which is not what was answered for: look "
                           "at it again",
                           answer.step, saga.id.text(), what, state.execution),
               Json{{"sagaId", saga.id.text()},
                    {"step", answer.step},
                    {"stepStatus", to_string(state.status)},
                    {"attempt", state.execution},
                    {"code", "STEP_TURNED"}}};
}

// A step that keeps values is done by an answer that has them: its undo and later steps name them.
Result<void> check_has_what_it_keeps(const Saga& saga, std::size_t i, const StepDefinition& step,
                                     const AnswerStepRequest& answer) {
  const auto* done = std::get_if<Succeeded>(&answer.outcome);
  const StepState& state = saga.steps[i];
  const bool is_about_action = is_in_progress(state) && direction_of(state) == Direction::action;
  if (!is_about_action || !done) return {};
  const auto refusal = [&](const std::string& what) {
    return Error{ErrorCode::conflict, fmt::format("step {} of saga {} {}", answer.step, saga.id.text(), what),
                 Json{{"sagaId", saga.id.text()}, {"step", answer.step}, {"code", "STEP_KEEPS_VALUES"}}};
  };
  if (step.kind == StepKind::wait) {
    const auto missing = missing_values(*definition_of(saga), i, done->kept);
    if (missing.empty()) return {};
    return refusal(
        fmt::format("is a wait, and {} of its answer is named by other steps, or by the result: answer that "
                    "it is done, with a body that has it",
                    shown_values(missing)));
  }
  if (!done->kept.empty() || !step.call || step.call->keep.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [name, pointer] : step.call->keep) names.push_back(name);
  return refusal(
      fmt::format("keeps {} of its answer, for its undo and later steps: it cannot be skipped; answer that "
                  "it is done, with a body that has what it keeps",
                  join(names, ", ")));
}

}  // namespace

Result<CommandBatch::Draft> CommandBatch::draft_of_saga(OrderId id) const {
  const auto found = flow_by_order_.find(id);
  if (found == flow_by_order_.end() || !found->second->flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  return draft_of(found->second->flow);
}

Result<Receipt> CommandBatch::on(const StepReplied& command) {
  auto found = draft_of_saga(order_of(command.saga));
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const SagaDefinition* definition = definition_of(*draft.flow.saga);
  if (command.is_recorded)
    if (const auto fits = check_is_orchestrated_by_messages(definition); !fits) return fits.error();
  if (!definition || command.reply.step >= definition->steps.size())
    return Error{ErrorCode::bug, fmt::format("saga {} has no step {}", command.saga.text(), command.reply.step)};
  const StepDefinition& step = definition->steps[command.reply.step];
  StepReply reply = command.reply;
  if (!definition->is_built_in()) return on_participant_reply(std::move(draft), command);
  if (!command.is_recorded) {
    auto recorded = record_reply(step, draft.flow, reply, command.gateway, policy_, moment_);
    if (!recorded) return recorded.error();
    draft.events = std::move(*recorded);
    add_due_payment_checks(draft);
  }
  const bool is_decided_locally = definition->mode == Mode::choreography || !definition->services_may_be_remote ||
                                  policy_.services.has(Service::orchestrator);
  if (!is_decided_locally) {
    draft.remote_replies.push_back(remote_reply(step, draft.flow, std::move(reply)));
    return accept(std::move(draft));
  }
  // What the participant has recorded is kept even when the reply comes too late for the saga.
  const bool has_recorded = !draft.events.empty();
  const auto done = decide_saga(draft, reply);
  if (!done && !(has_recorded && done.error().code == ErrorCode::retry)) return done.error();
  return accept(std::move(draft));
}

// An answer that comes too late for the saga is kept in its record.
Result<Receipt> CommandBatch::on_participant_reply(Draft draft, const StepReplied& command) {
  if (command.record) keep_record(draft, *command.record);
  const auto done = decide_saga(draft, command.reply);
  if (!done && !(draft.call_record && done.error().code == ErrorCode::retry)) return done.error();
  return accept(std::move(draft));
}

// Not every try of a call that is repeated without end is recorded.
void CommandBatch::keep_record(Draft& draft, const CallRecord& record) {
  const bool is_kept = record.tries <= recorded_tries_max || record.outcome == CallOutcome::done ||
                       record.outcome == CallOutcome::refused || record.tries % recorded_tries_max == 0;
  if (!is_kept) return;
  draft.call_record = record;
  draft.call_record->at = moment_.now;
  draft.call_record->node = moment_.node;
}

Result<Receipt> CommandBatch::on(const PaymentChecked& command) {
  auto found = draft_of_saga(command.order);
  if (!found) return found.error();
  Draft draft = std::move(*found);
  auto recorded = record_check(draft.flow, command.execution, command.outcome, command.gateway, policy_, moment_);
  if (!recorded) return recorded.error();
  draft.events = std::move(*recorded);
  add_due_payment_checks(draft);
  return accept(std::move(draft));
}

// Adds the calls for payments that are due for a check, on a node that calls the provider. False: there are none.
bool CommandBatch::add_due_payment_checks(Draft& draft) {
  const std::vector<Payment>& payments = draft.flow.payments;
  if (std::none_of(payments.begin(), payments.end(), [](const Payment& it) { return it.check.has_value(); }))
    return false;
  const SagaDefinition* definition = draft.flow.saga ? definition_of(*draft.flow.saga) : nullptr;
  if (!definition || (definition->services_may_be_remote && !policy_.services.has(Service::payment))) return false;
  std::vector<GatewayCall> calls = calls_of_due_checks(draft.flow, moment_);
  std::move(calls.begin(), calls.end(), std::back_inserter(draft.gateway_calls));
  return !calls.empty();
}

Result<Receipt> CommandBatch::on(const PerformRequest& command) {
  const StepCall& call = command.call;
  auto found = draft_of_saga(order_of(call.saga));
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const SagaDefinition* definition = definition_of(*draft.flow.saga);
  if (const auto fits = check_is_orchestrated_by_messages(definition); !fits) return fits.error();
  if (call.step >= definition->steps.size())
    return Error{ErrorCode::invalid, fmt::format("saga {} has no step {}", call.saga.text(), call.step)};
  const StepDefinition& step = definition->steps[call.step];
  if (!is_local(*definition, call)) return Error{ErrorCode::retry, "the command belongs to another participant"};
  auto reply = perform_locally(draft, step, call);
  if (!reply) return reply.error();
  if (*reply) draft.remote_replies.push_back(remote_reply(step, draft.flow, std::move(**reply)));
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const ContinueRequest& command) {
  auto found = draft_of_saga(command.order);
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const Saga& saga = *draft.flow.saga;
  const SagaDefinition* definition = definition_of(saga);
  const std::size_t i = open_step(saga);
  if (!definition || definition->mode != Mode::choreography || i >= definition->steps.size())
    return Error{ErrorCode::retry, "no step is in progress"};
  const StepState& state = saga.steps[i];
  // A payment that exists may have been charged by an earlier call: ask first.
  const bool ask_first = payment_of_execution(draft.flow, state.execution) != nullptr;
  const StepCall call{saga.id, i, direction_of(state), state.execution, state.tries, ask_first, false, state.began_at};
  if (!is_local(*definition, call))
    return Error{ErrorCode::retry, "the step in progress belongs to another participant"};
  const auto done = run_calls(draft, SagaDecision{saga, {}, {call}});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const WakeRequest& command) {
  auto found = draft_of_saga(order_of(command.saga));
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const auto done = decide_saga(draft, WakeSaga{command.timer});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<void> CommandBatch::decide_saga(Draft& draft, const SagaCommand& command) {
  if (!draft.flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  const SagaDefinition* definition = definition_of(*draft.flow.saga);
  if (!definition)
    return Error{ErrorCode::bug,
                 fmt::format("saga {} is of the unknown type '{}'", draft.flow.saga->id.text(), draft.flow.saga->type)};
  auto decision = decide(*definition, *draft.flow.saga, command, moment_);
  if (!decision) return decision.error();
  return run_calls(draft, std::move(*decision));
}

// Makes the calls of a decision, and those of the decisions that follow from the replies, until none is left or one
// waits for an answer from outside. Participants on this node carry out their calls within the batch.
Result<void> CommandBatch::run_calls(Draft& draft, SagaDecision decision) {
  const SagaDefinition& definition = *definition_of(decision.saga);
  draft.events.reserve(draft.events.size() + events_expected);
  std::vector<StepCall> calls;
  for (int made = 0;;) {
    draft.flow.saga = std::move(decision.saga);
    std::move(decision.events.begin(), decision.events.end(), std::back_inserter(draft.events));
    calls.insert(calls.end(), decision.calls.begin(), decision.calls.end());
    decision.events.clear();
    std::optional<StepReply> reply;
    while (!calls.empty() && !reply) {
      if (++made > calls_max)
        return Error{ErrorCode::bug, "too many transitions in one batch: the saga's definition has a loop"};
      const StepCall call = calls.front();
      calls.erase(calls.begin());
      const StepDefinition& step = definition.steps[call.step];
      if (call.tries > 1) draft.retried_calls.push_back(call);
      if (step.kind != StepKind::command) {
        reply = call_participant(draft, call);
        continue;
      }
      if (!is_local(definition, call)) {
        // In a choreography the participant learns from the published event.
        if (definition.mode == Mode::orchestration)
          draft.remote_calls.push_back(
              {name_of(step, call.direction), call, call_data(draft.flow), draft.flow.saga->trace_parent});
        continue;
      }
      auto performed = perform_locally(draft, step, call);
      if (!performed) return performed.error();
      reply = std::move(*performed);
    }
    if (!reply) return {};
    auto next = decide(definition, std::move(*draft.flow.saga), *reply, moment_);
    if (!next) return next.error();
    decision = std::move(*next);
  }
}

// The call is made after the commit. A reply: there is nothing to call, a value that its request needs is missing, or
// the saga has turned back since the decision to call.
std::optional<StepReply> CommandBatch::call_participant(Draft& draft, const StepCall& call) {
  StepReply reply{call.step, call.direction, call.execution, Succeeded{}, call.tries, call.since};
  if (is_withdrawn(*draft.flow.saga, call)) {
    reply.outcome = Unavailable{"not called: the saga goes forward no more"};
    return reply;
  }
  auto request = request_of(*draft.flow.saga, call, moment_);
  if (!request) {
    reply.outcome = without_request(*draft.flow.saga, call, request.error().message);
    return reply;
  }
  if (!request->definition) return reply;
  draft.participant_calls.push_back(std::move(*request));
  return std::nullopt;
}

Result<Receipt> CommandBatch::on(const StartSagaRequest& command) {
  const SagaDefinition& definition = *command.definition;
  std::optional<KeyDigest> key;
  if (!command.key.empty()) key = digest_of_saga_key(definition.key_space(), command.key);
  if (key) {
    if (const Claim* other = claim_of_other(*key, order_of(command.id)))
      return Error{ErrorCode::conflict, fmt::format("a saga {} was started under this key", definition.name),
                   Json{{"code", "SAGA_KEY_EXISTS"}, {"sagaId", other->order.text()}}};
  }
  Draft draft = draft_of({});
  draft.flow.order.id = order_of(command.id);
  draft.flow.writer = writer_.node;
  Saga& saga = draft.flow.saga.emplace(new_saga(definition, command.id, moment_));
  saga.own_definition = {command.definition};
  saga.input = command.input;
  saga.key = command.key;
  saga.correlation = command.correlation;
  saga.trace_parent = command.trace_parent;
  const auto started = decide_saga(draft, StartSaga{});
  if (!started) return started.error();
  auto parent = enlist_nested(command);
  if (!parent) return parent.error();
  if (*parent) write_draft(std::move(**parent));
  auto receipt = accept(std::move(draft));
  if (receipt && key) update_claim(*key, order_of(command.id), true);
  return receipt;
}

// The parent with the new LRA among its participants; none: it is not nested.
Result<std::optional<CommandBatch::Draft>> CommandBatch::enlist_nested(const StartSagaRequest& command) {
  if (!command.parent) return std::optional<Draft>();
  auto found = draft_of_flow(order_of(*command.parent), command.actor, "LRA");
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const auto joined = decide_saga(draft, EnlistLra{command.id, links_of_nested(*command.definition->lra, command.id)});
  if (!joined) return joined.error();
  return std::optional<Draft>(std::move(draft));
}

void CommandBatch::note_end_of_nested(const Flow& before, const Flow& after) {
  if (!before.saga || !after.saga || !is_nested_lra(*after.saga)) return;
  const LraStatus status = lra_status_of(*after.saga);
  if (!has_ended(status) || status == lra_status_of(*before.saga)) return;
  if (const auto parent = saga_of_lra_id(after.saga->own_definition->lra->parent))
    ended_nested_.push_back({*parent, after.saga->id});
}

Result<Receipt> CommandBatch::on(const AnswerStepRequest& command) {
  auto found = draft_of_flow(order_of(command.saga), command.actor, "Saga");
  if (!found) return found.error();
  if (const auto same = check_unchanged(found->flow, command.if_updated_at); !same) return same.error();
  Draft draft = std::move(*found);
  const SagaDefinition* definition = draft.flow.saga ? definition_of(*draft.flow.saga) : nullptr;
  std::size_t step = 0;
  while (definition && step < definition->steps.size() && definition->steps[step].name != command.step) ++step;
  if (!definition) return Error{ErrorCode::not_found, "Saga not found"};
  if (step == definition->steps.size()) return no_such_step(*definition, command.saga, command.step);
  if (definition->steps[step].kind == StepKind::command)
    return Error{ErrorCode::conflict,
                 fmt::format("step {} of saga {} is carried out by this program; nobody else can answer for it",
                             command.step, command.saga.text())};
  if (const auto meant = check_is_meant(*draft.flow.saga, step, command); !meant) return meant.error();
  const auto complete = check_has_what_it_keeps(*draft.flow.saga, step, definition->steps[step], command);
  if (!complete) return complete.error();
  const auto done = decide_saga(draft, AnswerStep{step, command.outcome, command.reason, command.actor.user.text()});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const ChangeLraRequest& command) {
  auto found = draft_of_flow(order_of(command.saga), command.actor, "LRA");
  if (!found) return found.error();
  Draft draft = std::move(*found);
  if (!draft.flow.saga || !is_lra(*draft.flow.saga)) return Error{ErrorCode::not_found, "LRA not found"};
  const SagaCommand change = std::visit([](const auto& it) -> SagaCommand { return it; }, command.change);
  const auto done = decide_saga(draft, change);
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const StopSagaRequest& command) {
  auto found = draft_of_flow(order_of(command.saga), command.actor, "Saga");
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const auto done = decide_saga(draft, StopSaga{command.reason, command.actor.user.text()});
  if (!done) return done.error();
  return accept(std::move(draft));
}

bool CommandBatch::is_withdrawn(const Saga& saga, const StepCall& call) {
  return saga.status != SagaStatus::started && call.direction == Direction::action && !call.ask_only;
}

// What an earlier command of the batch has led to must not begin after a later one turned the saga back.
std::vector<ParticipantCall> CommandBatch::take_withdrawn_calls() {
  const auto first =
      std::stable_partition(participant_calls_.begin(), participant_calls_.end(), [this](const ParticipantCall& it) {
        return !is_withdrawn(*flow_by_order_.at(order_of(it.call.saga))->flow.saga, it.call);
      });
  std::vector<ParticipantCall> out(std::make_move_iterator(first), std::make_move_iterator(participant_calls_.end()));
  participant_calls_.erase(first, participant_calls_.end());
  return out;
}

Result<Receipt> CommandBatch::on(const TryNowRequest& command) {
  auto found = draft_of_saga(order_of(command.saga));
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const auto done = decide_saga(draft, TryNow{command.nested});
  if (!done) return done.error();
  return accept(std::move(draft));
}

std::vector<SagaId> CommandBatch::withdrawn() const {
  std::vector<SagaId> out;
  for (const TrackedFlow& tracked : flows_)
    if (tracked.saga_changed && tracked.flow.saga && tracked.flow.saga->own_definition &&
        tracked.flow.saga->status != SagaStatus::started)
      out.push_back(tracked.flow.saga->id);
  return out;
}

Result<std::optional<StepReply>> CommandBatch::perform_locally(Draft& draft, const StepDefinition& step,
                                                               const StepCall& call) {
  auto performed = perform(command_of(step, call.direction), draft.flow, draft.stocks, call, policy_, moment_);
  if (!performed) return performed.error();
  std::move(performed->events.begin(), performed->events.end(), std::back_inserter(draft.events));
  if (performed->gateway_call) draft.gateway_calls.push_back(std::move(*performed->gateway_call));
  std::optional<StepReply> reply;
  if (performed->outcome)
    reply =
        StepReply{call.step, call.direction, call.execution, std::move(*performed->outcome), call.tries, call.since};
  return reply;
}

// Whether the call's participant is on this node. The creation of the order is always: it is part of placing the order.
bool CommandBatch::is_local(const SagaDefinition& definition, const StepCall& call) const {
  if (!definition.services_may_be_remote || policy_.services.is_all()) return true;
  if (call.step == 0 && call.direction == Direction::action && call.execution == 1) return true;
  const auto service = service_of(command_of(definition.steps[call.step], call.direction));
  return !service || policy_.services.has(*service);
}

}  // namespace sagactl

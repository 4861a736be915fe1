#include "server/participants/perform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "server/participants/barrier.hpp"
#include "server/participants/participant_command.hpp"
#include "server/participants/payment_check.hpp"
#include "server/participants/stock_commands.hpp"

namespace sagactl {
namespace {

constexpr const char* never_charged = "undone before it was charged";

// Then no further action is carried out.
bool is_compensating(const Flow& flow) {
  return flow.saga && (flow.saga->status == SagaStatus::compensating || flow.saga->status == SagaStatus::compensated);
}

StepResult finished_with(Outcome outcome) {
  return StepResult{std::move(outcome), {}, {}};
}

// A rejection by a participant's decider is a refusal of the step.
StepResult apply_order(const StepSite& site, const OrderCommand& command) {
  auto decision = decide(site.flow.order, command, site.moment);
  if (!decision) return finished_with(Refused{decision.error().message});
  site.flow.order = std::move(decision->order);
  return StepResult{Succeeded{}, std::move(decision->events), {}};
}

StepResult create_order(const StepSite& site) {
  // The first execution is the creation of the order itself, in this commit.
  if (site.call.execution == 1) return finished_with(Succeeded{});
  return apply_order(site, ReopenOrder{});
}

// The last compensation. A payment that is still processing was either never charged, since the shop did not confirm
// it, or its last charge certainly had no effect; an earlier charge in doubt may still have one, so it is checked.
StepResult cancel_order(const StepSite& site) {
  Flow& flow = site.flow;
  StepResult cancelled =
      apply_order(site, CancelOrder{flow.saga && !flow.saga->error.empty() ? flow.saga->error : "compensated"});
  if (!std::holds_alternative<Succeeded>(*cancelled.outcome)) return cancelled;
  for (Payment& payment : flow.payments) {
    if (payment.status != PaymentStatus::processing) continue;
    if (payment.charge_began_at != Timestamp{}) schedule_charge_check(payment, site.policy, site.moment);
    (void)change_payment(payment, RecordRefusal{never_charged}, site.moment, cancelled.events);
  }
  return cancelled;
}

StepResult confirm_order(const StepSite& site) {
  std::string payment;
  for (const Payment& p : site.flow.payments)
    if (p.status == PaymentStatus::completed) payment = p.id.text();
  return apply_order(site, ConfirmOrder{payment});
}

StepResult notify_buyer(const StepSite& site) {
  return apply_order(site, NotifyBuyer{});
}

StepResult pending_on(GatewayCall::Kind kind, const StepSite& site, const Payment& payment) {
  GatewayCall out = gateway_call(kind, site.flow, payment);
  out.step = site.call.step;
  out.direction = site.call.direction;
  out.execution = site.call.execution;
  out.tries = site.call.tries;
  out.since = site.call.since;
  return StepResult{std::nullopt, {}, std::move(out)};
}

StepResult charge(const StepSite& site) {
  Flow& flow = site.flow;
  Payment* payment = payment_of_execution(flow, site.call.execution);
  if (!payment && site.ask_only) return finished_with(block_action(flow.barriers, site.call));
  if (!payment) {
    const PaymentId id{site.fresh_id(0)};
    flow.payments.push_back(
        begin_payment(id, flow.order.id, flow.order.user, site.call.execution, flow.order.total, site.moment));
    payment = &flow.payments.back();
  }
  if (payment->provider_key.empty() && waits_for_shop(flow, site.policy))
    return finished_with(Awaited{"the shop has not confirmed the payment"});
  if (site.ask_only || site.call.ask_first) return pending_on(GatewayCall::Kind::query, site, *payment);
  payment->charge_began_at = site.moment.now;
  payment->charge_pending = true;
  return pending_on(GatewayCall::Kind::charge, site, *payment);
}

StepResult refund(const StepSite& site) {
  const Payment* payment = payment_of_execution(site.flow, site.call.execution);
  if (payment && payment->status == PaymentStatus::processing)
    return pending_on(GatewayCall::Kind::query, site, *payment);
  if (payment && payment->status == PaymentStatus::completed)
    return pending_on(GatewayCall::Kind::refund, site, *payment);
  return finished_with(Succeeded{});
}

// The stock is sold and the order is complete, or neither.
StepResult complete_order(const StepSite& site) {
  if (const auto allowed = decide(site.flow.order, ConfirmOrder{}, site.moment); !allowed)
    return finished_with(Refused{allowed.error().message});
  StepResult sold = confirm_stock(site, StockKind::product);
  if (!std::holds_alternative<Succeeded>(*sold.outcome)) return sold;
  StepResult confirmed = confirm_order(site);
  std::move(confirmed.events.begin(), confirmed.events.end(), std::back_inserter(sold.events));
  return StepResult{std::move(confirmed.outcome), std::move(sold.events), {}};
}

// Whether the participant has a record of this step and execution.
bool has_payment(const StepSite& site) {
  return payment_of_execution(site.flow, site.call.execution) != nullptr;
}
bool has_order(const StepSite& site) {
  return site.flow.order.version > 0;
}

// The commands of all participants, and an index of the stock that each saga's steps use.
struct CommandRegistry {
  std::map<std::string, ParticipantCommand, std::less<>> commands;
  std::map<std::string, std::vector<StockUse>, std::less<>> stock_uses;  // by the definition's name

  CommandRegistry() {
    add({{"order.create", create_order, has_order},
         {"order.cancel", cancel_order, has_order},
         {"order.confirm", confirm_order, has_order},
         {"order.complete", complete_order, has_order, products},
         {"order.notify", notify_buyer, has_order},
         {.name = "payment.charge", .run = charge, .has_record = has_payment, .is_external = true},
         {.name = "payment.refund", .run = refund, .has_record = has_payment, .is_external = true}});
    add(stock_commands("inventory", products));
    add(stock_commands("item", purchased_items));
    add(stock_commands("slots", buyers_slots));
    add(stock_commands("balance", buyers_balance));
    for (const SagaDefinition& definition : definitions()) index_stock_use(definition);
  }

  void add(std::vector<ParticipantCommand> more) {
    for (ParticipantCommand& command : more) commands.emplace(command.name, std::move(command));
  }

  const ParticipantCommand* find(std::string_view name) const {
    const auto found = commands.find(name);
    return found == commands.end() ? nullptr : &found->second;
  }

  void index_stock_use(const SagaDefinition& definition) {
    std::vector<StockUse>& kinds = stock_uses[std::string(definition.name)];
    for (const StepDefinition& step : definition.steps)
      for (const std::string_view name : {step.action, step.compensation}) {
        const ParticipantCommand* command = find(name);
        const auto is_same = [&](const StockUse& use) { return use.kind == command->stock->kind; };
        if (command && command->stock && std::none_of(kinds.begin(), kinds.end(), is_same))
          kinds.push_back(*command->stock);
      }
  }
};

CommandRegistry& registry() {
  static CommandRegistry all;
  return all;
}

// The provider does not know the charge, and the saga is compensating, so the charge is not made again. While its
// request may still be on the way to the provider, the answer proves nothing.
Result<void> record_not_charged(const StepDefinition& step, Payment& payment, StepReply& reply, const Policy& policy,
                                const Moment& moment, std::vector<Event>& events) {
  if (payment.status == PaymentStatus::completed) {  // the answer to the charge has come in the meantime
    if (reply.direction == Direction::action)
      reply.outcome = Succeeded{};
    else
      reply.outcome = Unavailable{"it was charged", true};
    return {};
  }
  if (payment.charge_pending && moment.now - payment.charge_began_at < step.timeout) {
    reply.outcome = UnknownOutcome{"the charge may still be on its way to the provider"};
    return {};
  }
  if (reply.direction == Direction::action)
    reply.outcome = Refused{never_charged};
  else
    reply.outcome = Succeeded{};
  if (payment.status != PaymentStatus::processing) return {};
  schedule_charge_check(payment, policy, moment);
  return change_payment(payment, RecordRefusal{never_charged}, moment, events);
}

// Whether the saga has decided that this execution is not in effect, so that it will not compensate it any more.
bool is_decided_without_effect(const Flow& flow, const StepReply& reply) {
  if (!flow.saga || reply.step >= flow.saga->steps.size()) return false;
  const StepState& step = flow.saga->steps[reply.step];
  return step.execution > reply.execution || step.status == StepStatus::failed ||
         step.status == StepStatus::compensated;
}

Result<void> record_charged(const Flow& flow, Payment& payment, const StepReply& reply, const GatewayReply& gateway,
                            const Moment& moment, std::vector<Event>& events) {
  if (payment.status == PaymentStatus::processing && is_decided_without_effect(flow, reply)) {
    const auto refused = change_payment(payment, RecordRefusal{never_charged}, moment, events);
    if (!refused) return refused;
  }
  const bool is_late = payment.status == PaymentStatus::failed;
  if (is_late) payment.check = PaymentCheck{moment.now, 0};
  return change_payment(payment, RecordCharge{gateway.external_transaction_id, gateway.facts}, moment, events);
}

Result<void> record_query_reply(const StepDefinition& step, Flow& flow, Payment& payment, StepReply& reply,
                                const GatewayReply& gateway, const Policy& policy, const Moment& moment,
                                std::vector<Event>& events) {
  const bool is_compensation = reply.direction == Direction::compensation;
  if (gateway.not_charged) {
    if (is_compensation || is_compensating(flow))
      return record_not_charged(step, payment, reply, policy, moment, events);
    reply.outcome = Unavailable{"the provider does not know the charge", true};
    return {};
  }
  if (const auto* refused = std::get_if<Refused>(&reply.outcome)) {
    const std::string reason = refused->reason;
    if (is_compensation) reply.outcome = Succeeded{};
    return change_payment(payment, RecordRefusal{reason}, moment, events);
  }
  if (!std::holds_alternative<Succeeded>(reply.outcome)) return {};
  const auto recorded = record_charged(flow, payment, reply, gateway, moment, events);
  if (is_compensation && payment.status == PaymentStatus::completed)
    reply.outcome = Unavailable{"it was charged", true};
  return recorded;
}

Result<void> record_charge_reply(const Flow& flow, Payment& payment, const StepReply& reply,
                                 const GatewayReply& gateway, const Moment& moment, std::vector<Event>& events) {
  const StepState* state = flow.saga && reply.step < flow.saga->steps.size() ? &flow.saga->steps[reply.step] : nullptr;
  if (state && state->tries == reply.tries && state->began_at == reply.since) payment.charge_pending = false;
  if (const auto* refused = std::get_if<Refused>(&reply.outcome))
    return change_payment(payment, RecordRefusal{refused->reason}, moment, events);
  if (!std::holds_alternative<Succeeded>(reply.outcome)) return {};
  return record_charged(flow, payment, reply, gateway, moment, events);
}

}  // namespace

bool waits_for_shop(const Flow& flow, const Policy& policy) {
  const SagaDefinition* definition = policy.shop_confirms && flow.saga ? definition_of(*flow.saga) : nullptr;
  return definition && definition->shop_may_confirm;
}

Uuid StepSite::fresh_id(std::uint64_t which) const {
  return make_uuid_v7(moment.now, moment.entropy + which, (moment.entropy ^ which) * 0x9E3779B97F4A7C15ull);
}

Result<void> add_saga(SagaDefinition definition, std::vector<ParticipantCommand> commands) {
  CommandRegistry& all = registry();
  const auto adds = [&](std::string_view name) {
    return std::any_of(commands.begin(), commands.end(), [&](const auto& command) { return command.name == name; });
  };
  for (const ParticipantCommand& command : commands)
    if (all.find(command.name))
      return Error{ErrorCode::invalid, fmt::format("a command '{}' exists already", command.name)};
  for (const StepDefinition& step : definition.steps)
    for (const std::string_view name : {step.action, step.compensation})
      if (!name.empty() && !adds(name) && !all.find(name))
        return Error{ErrorCode::invalid, fmt::format("step {} of {} calls '{}', which no participant has", step.name,
                                                     definition.name, name)};
  const std::string name = definition.name;
  if (const auto added = add_definition(std::move(definition)); !added) return added;
  all.add(std::move(commands));
  all.index_stock_use(*find_definition(name));
  return {};
}

bool uses_stock(std::string_view saga) {
  const auto uses = registry().stock_uses.find(saga);
  return uses != registry().stock_uses.end() && !uses->second.empty();
}

std::vector<StockKey> stocks_of(std::string_view saga, const Order& order) {
  std::vector<StockKey> keys;
  const auto uses = registry().stock_uses.find(saga);
  if (uses == registry().stock_uses.end()) return keys;
  for (const StockUse& use : uses->second)
    for (ReservationLine& line : use.lines(order)) keys.push_back({use.kind, std::move(line.stock)});
  return keys;
}

Result<StepResult> perform(std::string_view command, Flow& flow, StockOverlay& stocks, const StepCall& call,
                           const Policy& policy, const Moment& moment) {
  const ParticipantCommand* found = registry().find(command);
  if (!found) return Error{ErrorCode::bug, fmt::format("no participant has the command '{}'", command)};
  const SagaDefinition* definition = flow.saga ? definition_of(*flow.saga) : nullptr;
  const bool ask_only = call.direction == Direction::action && is_compensating(flow);
  const bool refusal_ends = refusal_is_final(definition, call.step, call.direction);
  const StepSite site{flow, stocks, call, policy, moment, ask_only};
  if (auto known = answer_from_barriers(flow.barriers, call, found->has_record(site), refusal_ends))
    return finished_with(std::move(*known));
  if (ask_only && !found->is_external) return finished_with(block_action(flow.barriers, call));
  StepResult performed = found->run(site);
  if (performed.outcome)
    record_barrier(flow.barriers, call.step, call.direction, call.execution, *performed.outcome, refusal_ends);
  return performed;
}

GatewayCall gateway_call(GatewayCall::Kind kind, const Flow& flow, const Payment& payment) {
  GatewayCall out;
  out.kind = kind;
  out.saga = saga_of(flow.order.id);
  out.amount = flow.order.total;
  out.provider_key = payment.provider_key;
  if (flow.saga) {
    out.trace_parent = flow.saga->trace_parent;
    out.saga_type = flow.saga->type;
  }
  for (const OrderItem& item : flow.order.items) out.product_ids.push_back(item.product_id);
  return out;
}

Result<std::vector<Event>> record_reply(const StepDefinition& step, Flow& flow, StepReply& reply,
                                        const GatewayReply& gateway, const Policy& policy, const Moment& moment) {
  std::vector<Event> events;
  const std::string_view command = command_of(step, reply.direction);
  Payment* payment = payment_of_execution(flow, reply.execution);
  const bool is_final =
      std::holds_alternative<Refused>(reply.outcome) || std::holds_alternative<Succeeded>(reply.outcome);
  if (!payment && !is_final) return events;
  if (!payment) return Error{ErrorCode::bug, fmt::format("a reply to {} has no payment", command)};
  Result<void> recorded;
  switch (gateway.asked) {
    case GatewayCall::Kind::charge:
      recorded = record_charge_reply(flow, *payment, reply, gateway, moment, events);
      break;
    case GatewayCall::Kind::query:
      recorded = record_query_reply(step, flow, *payment, reply, gateway, policy, moment, events);
      break;
    case GatewayCall::Kind::refund:
      if (std::holds_alternative<Succeeded>(reply.outcome))
        recorded = change_payment(*payment, RecordRefund{}, moment, events);
      break;
  }
  if (!recorded) return recorded.error();
  const SagaDefinition* definition = flow.saga ? definition_of(*flow.saga) : nullptr;
  record_barrier(flow.barriers, reply.step, reply.direction, reply.execution, reply.outcome,
                 refusal_is_final(definition, reply.step, reply.direction));
  return events;
}

}  // namespace sagactl

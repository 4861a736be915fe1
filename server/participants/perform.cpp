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

Payment* payment_of_execution(Flow& flow, int execution) {
  const auto found = std::find_if(flow.payments.begin(), flow.payments.end(),
                                  [&](const Payment& payment) { return payment.execution == execution; });
  return found == flow.payments.end() ? nullptr : &*found;
}

constexpr const char* never_charged = "undone before it was charged";

// What is not done by now is not done any more.
bool is_going_back(const Flow& flow) {
  return flow.saga &&
         (flow.saga->status == SagaStatus::compensating || flow.saga->status == SagaStatus::compensated);
}

StepResult answered(Outcome outcome) { return StepResult{std::move(outcome), {}, {}}; }

// A rejection by a participant's decider is a refusal of the step.
StepResult apply_order(const StepSite& site, const OrderCommand& command) {
  auto decision = decide(site.flow.order, command, site.moment);
  if (!decision) return answered(Refused{decision.error().message});
  site.flow.order = std::move(decision->order);
  return StepResult{Succeeded{}, std::move(decision->events), {}};
}

StepResult create_order(const StepSite& site) {
  // The first execution is the order's own creation, in this very commit.
  if (site.call.execution == 1) return answered(Succeeded{});
  return apply_order(site, ReopenOrder{});
}

// The last of what is undone. A payment that is still open then was never begun, since the shop did not confirm it; or
// its last charge surely did not take effect, which says nothing of an earlier one that was in doubt.
StepResult cancel_order(const StepSite& site) {
  Flow& flow = site.flow;
  StepResult cancelled =
      apply_order(site, CancelOrder{flow.saga && !flow.saga->error.empty() ? flow.saga->error : "compensated"});
  if (!std::holds_alternative<Succeeded>(*cancelled.outcome)) return cancelled;
  for (Payment& payment : flow.payments) {
    if (payment.status != PaymentStatus::processing) continue;
    if (payment.charge_began_at != Timestamp{}) watch_charge(payment, site.policy, site.moment);
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

StepResult notify_buyer(const StepSite& site) { return apply_order(site, NotifyBuyer{}); }

StepResult waiting_for(GatewayCall::Kind kind, const StepSite& site, const Payment& payment) {
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
  if (!payment && site.ask_only) return answered(block_action(flow.barriers, site.call));
  if (!payment) {
    const PaymentId id{site.fresh_id(0)};
    flow.payments.push_back(
        begin_payment(id, flow.order.id, flow.order.user, site.call.execution, flow.order.total, site.moment));
    payment = &flow.payments.back();
  }
  if (payment->provider_key.empty() && waits_for_shop(flow, site.policy))
    return answered(Awaited{"the shop has not confirmed the payment"});
  if (site.ask_only || site.call.ask_first) return waiting_for(GatewayCall::Kind::query, site, *payment);
  payment->charge_began_at = site.moment.now;
  payment->charge_pending = true;
  return waiting_for(GatewayCall::Kind::charge, site, *payment);
}

StepResult refund(const StepSite& site) {
  const Payment* payment = payment_of_execution(site.flow, site.call.execution);
  if (payment && payment->status == PaymentStatus::processing)
    return waiting_for(GatewayCall::Kind::query, site, *payment);
  if (payment && payment->status == PaymentStatus::completed)
    return waiting_for(GatewayCall::Kind::refund, site, *payment);
  return answered(Succeeded{});
}

// The stock is sold and the order is complete, or neither.
StepResult complete_order(const StepSite& site) {
  if (const auto allowed = decide(site.flow.order, ConfirmOrder{}, site.moment); !allowed)
    return answered(Refused{allowed.error().message});
  StepResult sold = confirm_stock(site, StockKind::product);
  if (!std::holds_alternative<Succeeded>(*sold.outcome)) return sold;
  StepResult confirmed = confirm_order(site);
  std::move(confirmed.events.begin(), confirmed.events.end(), std::back_inserter(sold.events));
  return StepResult{std::move(confirmed.outcome), std::move(sold.events), {}};
}

// Whether the participant knows anything of this step and execution.
bool payment_begun(const StepSite& site) { return payment_of_execution(site.flow, site.call.execution) != nullptr; }
bool order_begun(const StepSite& site) { return site.flow.order.version > 0; }

// Every participant's commands, and what each saga's steps draw from, so that no flow is asked for it step by step.
struct Offers {
  std::map<std::string, ParticipantCommand, std::less<>> commands;
  std::map<std::string, std::vector<StockUse>, std::less<>> uses;  // by the definition's name

  Offers() {
    add({{"order.create", create_order, order_begun},
         {"order.cancel", cancel_order, order_begun},
         {"order.confirm", confirm_order, order_begun},
         {"order.complete", complete_order, order_begun, products},
         {"order.notify", notify_buyer, order_begun},
         {.name = "payment.charge", .run = charge, .begun = payment_begun, .is_outside = true},
         {.name = "payment.refund", .run = refund, .begun = payment_begun, .is_outside = true}});
    add(stock_commands("inventory", products));
    add(stock_commands("item", purchased_items));
    add(stock_commands("slots", buyers_slots));
    add(stock_commands("balance", buyers_balance));
    for (const SagaDefinition& definition : definitions()) note(definition);
  }

  void add(std::vector<ParticipantCommand> more) {
    for (ParticipantCommand& command : more) commands.emplace(command.name, std::move(command));
  }

  const ParticipantCommand* find(std::string_view name) const {
    const auto found = commands.find(name);
    return found == commands.end() ? nullptr : &found->second;
  }

  void note(const SagaDefinition& definition) {
    std::vector<StockUse>& kinds = uses[std::string(definition.name)];
    for (const StepDefinition& step : definition.steps)
      for (const std::string_view name : {step.action, step.compensation}) {
        const ParticipantCommand* command = find(name);
        const auto is_same = [&](const StockUse& use) { return use.kind == command->stock->kind; };
        if (command && command->stock && std::none_of(kinds.begin(), kinds.end(), is_same))
          kinds.push_back(*command->stock);
      }
  }
};

Offers& offers() {
  static Offers all;
  return all;
}

// The provider does not know of the charge. It is not asked for again: the saga goes back. An answer that comes while the
// charge may still be on its way says nothing.
Result<void> give_up_charge(const StepDefinition& step, Payment& payment, StepReply& reply, const Policy& policy,
                            const Moment& moment, std::vector<Event>& events) {
  if (payment.status == PaymentStatus::completed) {  // its answer has come meanwhile
    if (reply.direction == Direction::action) reply.outcome = Succeeded{};
    else reply.outcome = Unavailable{"it was charged", true};
    return {};
  }
  if (payment.charge_pending && moment.now - payment.charge_began_at < step.timeout) {
    reply.outcome = UnknownOutcome{"the charge may still be on its way to the provider"};
    return {};
  }
  if (reply.direction == Direction::action) reply.outcome = Refused{never_charged};
  else reply.outcome = Succeeded{};
  if (payment.status != PaymentStatus::processing) return {};
  watch_charge(payment, policy, moment);
  return change_payment(payment, RecordRefusal{never_charged}, moment, events);
}

// Whether the saga has settled that this execution is not in effect, so that nothing of it will be undone any more.
bool is_given_up(const Flow& flow, const StepReply& reply) {
  if (!flow.saga || reply.step >= flow.saga->steps.size()) return false;
  const StepState& step = flow.saga->steps[reply.step];
  return step.execution > reply.execution || step.status == StepStatus::failed || step.status == StepStatus::compensated;
}

Result<void> record_charged(const Flow& flow, Payment& payment, const StepReply& reply, const GatewayReply& gateway,
                            const Moment& moment, std::vector<Event>& events) {
  if (payment.status == PaymentStatus::processing && is_given_up(flow, reply)) {
    const auto refused = change_payment(payment, RecordRefusal{never_charged}, moment, events);
    if (!refused) return refused;
  }
  const bool is_late = payment.status == PaymentStatus::failed;
  if (is_late) payment.check = PaymentCheck{moment.now, 0};
  return change_payment(payment, RecordCharge{gateway.external_transaction_id}, moment, events);
}

Result<void> record_query(const StepDefinition& step, Flow& flow, Payment& payment, StepReply& reply,
                          const GatewayReply& gateway, const Policy& policy, const Moment& moment,
                          std::vector<Event>& events) {
  const bool undoes = reply.direction == Direction::compensation;
  if (gateway.not_charged) {
    if (undoes || is_going_back(flow)) return give_up_charge(step, payment, reply, policy, moment, events);
    reply.outcome = Unavailable{"the provider does not know of the charge", true};
    return {};
  }
  if (const auto* refused = std::get_if<Refused>(&reply.outcome)) {
    const std::string reason = refused->reason;
    if (undoes) reply.outcome = Succeeded{};
    return change_payment(payment, RecordRefusal{reason}, moment, events);
  }
  if (!std::holds_alternative<Succeeded>(reply.outcome)) return {};
  const auto recorded = record_charged(flow, payment, reply, gateway, moment, events);
  if (undoes && payment.status == PaymentStatus::completed) reply.outcome = Unavailable{"it was charged", true};
  return recorded;
}

Result<void> record_charge(const Flow& flow, Payment& payment, const StepReply& reply, const GatewayReply& gateway,
                           const Moment& moment, std::vector<Event>& events) {
  const StepState* state = flow.saga && reply.step < flow.saga->steps.size() ? &flow.saga->steps[reply.step] : nullptr;
  if (state && state->tries == reply.tries && state->began_at == reply.since) payment.charge_pending = false;
  if (const auto* refused = std::get_if<Refused>(&reply.outcome))
    return change_payment(payment, RecordRefusal{refused->reason}, moment, events);
  if (!std::holds_alternative<Succeeded>(reply.outcome)) return {};
  return record_charged(flow, payment, reply, gateway, moment, events);
}

}  // namespace

bool waits_for_shop(const Flow& flow, const Policy& policy) {
  const SagaDefinition* definition = policy.shop_confirms && flow.saga ? find_definition(flow.saga->type) : nullptr;
  return definition && definition->shop_may_confirm;
}

Uuid StepSite::fresh_id(std::uint64_t which) const {
  return make_uuid_v7(moment.now, moment.entropy + which, (moment.entropy ^ which) * 0x9E3779B97F4A7C15ull);
}

Result<void> add_saga(SagaDefinition definition, std::vector<ParticipantCommand> commands) {
  Offers& all = offers();
  const auto brings = [&](std::string_view name) {
    return std::any_of(commands.begin(), commands.end(), [&](const auto& command) { return command.name == name; });
  };
  for (const ParticipantCommand& command : commands)
    if (all.find(command.name))
      return Error{ErrorCode::invalid, fmt::format("there is a command '{}' already", command.name)};
  for (const StepDefinition& step : definition.steps)
    for (const std::string_view name : {step.action, step.compensation})
      if (!name.empty() && !brings(name) && !all.find(name))
        return Error{ErrorCode::invalid, fmt::format("step {} of {} calls '{}', which no participant has", step.name,
                                                     definition.name, name)};
  const std::string_view name = definition.name;
  if (const auto added = add_definition(std::move(definition)); !added) return added;
  all.add(std::move(commands));
  all.note(*find_definition(name));
  return {};
}

std::vector<StockKey> stocks_of(std::string_view saga, const Order& order) {
  std::vector<StockKey> keys;
  const auto uses = offers().uses.find(saga);
  if (uses == offers().uses.end()) return keys;
  for (const StockUse& use : uses->second)
    for (ReservationLine& line : use.lines(order)) keys.push_back({use.kind, std::move(line.stock)});
  return keys;
}

Result<StepResult> perform(std::string_view command, Flow& flow, StockOverlay& stocks, const StepCall& call,
                          const Policy& policy, const Moment& moment) {
  const ParticipantCommand* found = offers().find(command);
  if (!found) return Error{ErrorCode::bug, fmt::format("no participant has the command '{}'", command)};
  const SagaDefinition* definition = flow.saga ? find_definition(flow.saga->type) : nullptr;
  const bool ask_only = call.direction == Direction::action && is_going_back(flow);
  const bool refusal_ends = refusal_is_final(definition, call.step, call.direction);
  const StepSite site{flow, stocks, call, policy, moment, ask_only};
  if (auto known = answer_from_barriers(flow.barriers, call, found->begun(site), refusal_ends))
    return answered(std::move(*known));
  if (ask_only && !found->is_outside) return answered(block_action(flow.barriers, call));
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
  if (!payment) return Error{ErrorCode::bug, fmt::format("a reply to {} names no payment", command)};
  Result<void> recorded;
  switch (gateway.asked) {
    case GatewayCall::Kind::charge:
      recorded = record_charge(flow, *payment, reply, gateway, moment, events);
      break;
    case GatewayCall::Kind::query:
      recorded = record_query(step, flow, *payment, reply, gateway, policy, moment, events);
      break;
    case GatewayCall::Kind::refund:
      if (std::holds_alternative<Succeeded>(reply.outcome))
        recorded = change_payment(*payment, RecordRefund{}, moment, events);
      break;
  }
  if (!recorded) return recorded.error();
  const SagaDefinition* definition = flow.saga ? find_definition(flow.saga->type) : nullptr;
  record_barrier(flow.barriers, reply.step, reply.direction, reply.execution, reply.outcome,
                 refusal_is_final(definition, reply.step, reply.direction));
  return events;
}

}  // namespace sagactl

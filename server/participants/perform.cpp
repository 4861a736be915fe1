#include "server/participants/perform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/participants/barrier.hpp"

namespace sagactl {
namespace {

Payment* payment_of_attempt(Flow& flow, int attempt) {
  const auto found = std::find_if(flow.payments.begin(), flow.payments.end(),
                                  [&](const Payment& payment) { return payment.attempt == attempt; });
  return found == flow.payments.end() ? nullptr : &*found;
}

Performed answered(Outcome outcome) { return Performed{std::move(outcome), {}, {}}; }

// A rejection by a participant's decider is a refusal of the step.
Performed apply_order(Flow& flow, const OrderCommand& command, const Moment& moment) {
  auto decision = decide(flow.order, command, moment);
  if (!decision) return answered(Refused{decision.error().message});
  flow.order = std::move(decision->order);
  return Performed{Succeeded{}, std::move(decision->events), {}};
}

Performed create(Flow& flow, const StepCall& call, const Moment& moment) {
  // The first attempt is the order's own creation, in this very commit.
  if (call.attempt == 1) return answered(Succeeded{});
  return apply_order(flow, ReopenOrder{}, moment);
}

Performed cancel(Flow& flow, const StepCall&, const Moment& moment) {
  const std::string reason = flow.saga && !flow.saga->error.empty() ? flow.saga->error : "compensated";
  return apply_order(flow, CancelOrder{reason}, moment);
}

Performed confirm(Flow& flow, const StepCall&, const Moment& moment) {
  std::string payment;
  for (const Payment& p : flow.payments)
    if (p.status == PaymentStatus::completed) payment = p.id.text();
  return apply_order(flow, ConfirmOrder{payment}, moment);
}

GatewayCall gateway_call(GatewayCall::Kind kind, const Flow& flow, const StepCall& call) {
  GatewayCall out;
  out.kind = kind;
  out.saga = call.saga;
  out.step = call.step;
  out.direction = call.direction;
  out.attempt = call.attempt;
  out.amount = flow.order.total;
  if (flow.saga) out.trace_parent = flow.saga->trace_parent;
  for (const OrderItem& item : flow.order.items) out.product_ids.push_back(item.product_id);
  return out;
}

Performed waiting_for(GatewayCall call) { return Performed{std::nullopt, {}, std::move(call)}; }

Performed charge(Flow& flow, const StepCall& call, const Moment& moment) {
  if (!payment_of_attempt(flow, call.attempt)) {
    const PaymentId id{make_uuid_v7(moment.now, moment.entropy, moment.entropy * 0x9E3779B97F4A7C15ull)};
    flow.payments.push_back(
        begin_payment(id, flow.order.id, flow.order.user, call.attempt, flow.order.total, moment));
  }
  using Kind = GatewayCall::Kind;
  return waiting_for(gateway_call(call.ask_first ? Kind::query_or_charge : Kind::charge, flow, call));
}

Performed refund(Flow& flow, const StepCall& call, const Moment&) {
  const Payment* payment = payment_of_attempt(flow, call.attempt);
  using Kind = GatewayCall::Kind;
  if (payment && payment->status == PaymentStatus::processing)
    return waiting_for(gateway_call(Kind::query_and_refund, flow, call));
  if (payment && payment->status == PaymentStatus::completed)
    return waiting_for(gateway_call(Kind::refund, flow, call));
  return answered(Succeeded{});
}

bool payment_begun(Flow& flow, const StepCall& call) { return payment_of_attempt(flow, call.attempt) != nullptr; }
bool order_begun(Flow& flow, const StepCall&) { return flow.order.version > 0; }

struct ParticipantCommand {
  std::string_view name;
  Performed (*run)(Flow&, const StepCall&, const Moment&);
  bool (*begun)(Flow&, const StepCall&);
};

constexpr std::array commands = {
    ParticipantCommand{"order.create", create, order_begun},
    ParticipantCommand{"order.cancel", cancel, order_begun},
    ParticipantCommand{"order.confirm", confirm, order_begun},
    ParticipantCommand{"payment.charge", charge, payment_begun},
    ParticipantCommand{"payment.refund", refund, payment_begun},
};

// Applies one payment command and appends its events.
Result<void> change_payment(Payment& payment, const PaymentCommand& command, const Moment& moment,
                            std::vector<Event>& events) {
  auto decision = decide(payment, command, moment);
  if (!decision) return decision.error();
  payment = std::move(decision->payment);
  std::move(decision->events.begin(), decision->events.end(), std::back_inserter(events));
  return {};
}

Result<void> record_refund(Payment& payment, const GatewayReply& gateway, const Moment& moment,
                           std::vector<Event>& events) {
  if (payment.status == PaymentStatus::processing) {
    // It was in doubt until the gateway was asked: not charged, or charged and now given back.
    if (gateway.external_transaction_id.empty())
      return change_payment(payment, RecordRefusal{"undone before it was charged"}, moment, events);
    const auto charged = change_payment(payment, RecordCharge{gateway.external_transaction_id}, moment, events);
    if (!charged) return charged;
  }
  if (payment.status == PaymentStatus::failed) return {};
  return change_payment(payment, RecordRefund{}, moment, events);
}

}  // namespace

Result<Performed> perform(std::string_view command, Flow& flow, const StepCall& call, const Moment& moment) {
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const auto& it) { return it.name == command; });
  if (found == commands.end())
    return Error{ErrorCode::bug, fmt::format("no participant has the command '{}'", command)};
  if (auto known = answer_from_barriers(flow.barriers, call, found->begun(flow, call)))
    return answered(std::move(*known));
  Performed performed = found->run(flow, call, moment);
  if (performed.outcome)
    record_barrier(flow.barriers, call.step, call.direction, call.attempt, *performed.outcome);
  return performed;
}

Result<std::vector<Event>> record_reply(std::string_view command, Flow& flow, const StepReply& reply,
                                        const GatewayReply& gateway, const Moment& moment) {
  std::vector<Event> events;
  const auto* refused = std::get_if<Refused>(&reply.outcome);
  const bool succeeded = std::holds_alternative<Succeeded>(reply.outcome);
  if (!refused && !succeeded) return events;
  Payment* payment = payment_of_attempt(flow, reply.attempt);
  if (!payment) return Error{ErrorCode::bug, fmt::format("a reply to {} names no payment", command)};
  Result<void> recorded;
  if (command == "payment.charge") {
    recorded = succeeded ? change_payment(*payment, RecordCharge{gateway.external_transaction_id}, moment, events)
                         : change_payment(*payment, RecordRefusal{refused->reason}, moment, events);
  } else if (succeeded) {
    recorded = record_refund(*payment, gateway, moment, events);
  }
  if (!recorded) return recorded.error();
  record_barrier(flow.barriers, reply.step, reply.direction, reply.attempt, reply.outcome);
  return events;
}

}  // namespace sagactl

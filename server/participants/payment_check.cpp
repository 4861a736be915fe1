#include "server/participants/payment_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

const StepDefinition* payment_step(const Flow& flow) {
  const SagaDefinition* definition = flow.saga ? find_definition(flow.saga->type) : nullptr;
  if (!definition) return nullptr;
  const auto found = std::find_if(definition->steps.begin(), definition->steps.end(),
                                  [](const StepDefinition& step) { return step.action == "payment.charge"; });
  return found == definition->steps.end() ? nullptr : &*found;
}

// The provider does not give the money back: a person has to see to it.
Result<void> hand_over(Flow& flow, Payment& payment, const std::string& reason, const Moment& moment,
                       std::vector<Event>& events) {
  payment.check.reset();
  if (auto changed = change_payment(payment, RecordRefundFailure{reason}, moment, events); !changed) return changed;
  flow.saga->requires_manual_intervention = true;
  flow.saga->error = fmt::format("payment {} was charged late and could not be given back: {}", payment.id.text(), reason);
  flow.saga->updated_at = moment.now;
  return {};
}

// The charge was given up; was it made after all?
Result<void> take_query(Payment& payment, const Outcome& outcome, const GatewayReply& gateway, const Policy& policy,
                        const Moment& moment, std::vector<Event>& events) {
  if (std::holds_alternative<Succeeded>(outcome)) {
    payment.check = PaymentCheck{moment.now, 0};
    return change_payment(payment, RecordCharge{gateway.external_transaction_id}, moment, events);
  }
  // When the provider could not tell, the time does not count; nor when its answer is lost.
  if (!std::holds_alternative<UnknownOutcome>(outcome)) ++payment.check->tries;
  const auto answered = static_cast<std::size_t>(payment.check->tries);
  if (answered < policy.charge_checks.size()) payment.check->at = moment.now + policy.charge_checks[answered];
  else payment.check.reset();
  return {};
}

Result<void> take_refund(Flow& flow, Payment& payment, const StepDefinition& step, const Outcome& outcome,
                         const Moment& moment, std::vector<Event>& events) {
  if (std::holds_alternative<Succeeded>(outcome)) {
    payment.check.reset();
    return change_payment(payment, RecordRefund{}, moment, events);
  }
  if (const auto* refused = std::get_if<Refused>(&outcome))
    return hand_over(flow, payment, refused->reason, moment, events);
  const RetryPolicy& retry = step.compensation_retry;
  if (moment.now - payment.updated_at >= retry.budget) {
    const auto* unknown = std::get_if<UnknownOutcome>(&outcome);
    const auto* unavailable = std::get_if<Unavailable>(&outcome);
    return hand_over(flow, payment, unknown ? unknown->reason : unavailable ? unavailable->reason : "no answer", moment,
                     events);
  }
  payment.check->at = moment.now + backoff(retry, payment.check->tries, moment.entropy);
  return {};
}

}  // namespace

std::optional<Timestamp> next_check_at(const std::vector<Reservation>& reservations, const std::vector<Payment>& payments) {
  std::optional<Timestamp> first = next_expiry(reservations);
  for (const Payment& payment : payments)
    if (payment.check && (!first || payment.check->at < *first)) first = payment.check->at;
  return first;
}

void watch_charge(Payment& payment, const Policy& policy, const Moment& moment) {
  if (!policy.charge_checks.empty()) payment.check = PaymentCheck{moment.now + policy.charge_checks.front(), 0};
}

std::vector<GatewayCall> due_checks(Flow& flow, const Moment& moment) {
  std::vector<GatewayCall> calls;
  const StepDefinition* step = payment_step(flow);
  if (!step) return calls;
  for (Payment& payment : flow.payments) {
    if (!payment.check || moment.now < payment.check->at) continue;
    const bool asks = payment.status == PaymentStatus::failed;
    payment.check->tries += !asks;
    payment.check->at = moment.now + step->timeout;
    GatewayCall call = gateway_call(asks ? GatewayCall::Kind::query : GatewayCall::Kind::refund, flow, payment);
    call.is_check = true;
    call.execution = payment.execution;
    calls.push_back(std::move(call));
  }
  return calls;
}

Result<std::vector<Event>> record_check(Flow& flow, int execution, const Outcome& outcome, const GatewayReply& gateway,
                                        const Policy& policy, const Moment& moment) {
  const auto payment = std::find_if(flow.payments.begin(), flow.payments.end(),
                                    [&](const Payment& each) { return each.execution == execution; });
  const StepDefinition* step = payment_step(flow);
  const auto is_wanted = [&] {
    if (!step || payment == flow.payments.end() || !payment->check) return false;
    return gateway.asked == GatewayCall::Kind::query ? payment->status == PaymentStatus::failed : is_owed_back(*payment);
  };
  if (!is_wanted()) return Error{ErrorCode::retry, "nothing waits for that answer about a payment"};
  std::vector<Event> events;
  const auto taken = gateway.asked == GatewayCall::Kind::query
                         ? take_query(*payment, outcome, gateway, policy, moment, events)
                         : take_refund(flow, *payment, *step, outcome, moment, events);
  if (!taken) return taken.error();
  return events;
}

bool retry_refunds(Flow& flow, const Moment& moment) {
  bool found = false;
  for (Payment& payment : flow.payments) {
    if (!is_owed_back(payment) || payment.check) continue;
    payment.check = PaymentCheck{moment.now, 0};
    payment.updated_at = moment.now;
    found = true;
  }
  if (found && flow.saga->status != SagaStatus::failed) {
    flow.saga->requires_manual_intervention = false;
    flow.saga->updated_at = moment.now;
  }
  return found;
}

}  // namespace sagactl

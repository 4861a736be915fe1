#include "server/participants/payment_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

const StepDefinition* payment_step(const Flow& flow) {
  const SagaDefinition* definition = flow.saga ? definition_of(*flow.saga) : nullptr;
  if (!definition) return nullptr;
  const auto found = std::find_if(definition->steps.begin(), definition->steps.end(),
                                  [](const StepDefinition& step) { return step.action == "payment.charge"; });
  return found == definition->steps.end() ? nullptr : &*found;
}

// The provider does not refund: an operator has to act.
Result<void> require_intervention(Flow& flow, Payment& payment, const std::string& reason, const Moment& moment,
                                  std::vector<Event>& events) {
  payment.check.reset();
  if (auto changed = change_payment(payment, RecordRefundFailure{reason}, moment, events); !changed) return changed;
  flow.saga->requires_manual_intervention = true;
  flow.saga->error =
      fmt::format("payment {} was charged late and could not be refunded: {}", payment.id.text(), reason);
  flow.saga->updated_at = moment.now;
  return {};
}

// The payment had failed; was the charge made after all?
Result<void> record_query_answer(Payment& payment, const Outcome& outcome, const GatewayReply& gateway,
                                 const Policy& policy, const Moment& moment, std::vector<Event>& events) {
  if (std::holds_alternative<Succeeded>(outcome)) {
    payment.check = PaymentCheck{moment.now, 0};
    return change_payment(payment, RecordCharge{gateway.external_transaction_id, gateway.facts}, moment, events);
  }
  // An answer that is unknown or lost does not count as a check.
  if (!std::holds_alternative<UnknownOutcome>(outcome)) ++payment.check->tries;
  const auto answered = static_cast<std::size_t>(payment.check->tries);
  if (answered < policy.charge_checks.size())
    payment.check->at = moment.now + policy.charge_checks[answered];
  else
    payment.check.reset();
  return {};
}

Result<void> record_refund_answer(Flow& flow, Payment& payment, const StepDefinition& step, const Outcome& outcome,
                                  const Moment& moment, std::vector<Event>& events) {
  if (std::holds_alternative<Succeeded>(outcome)) {
    payment.check.reset();
    return change_payment(payment, RecordRefund{}, moment, events);
  }
  const RetryPolicy& retry = step.compensation_retry;
  const bool is_over_budget = moment.now - payment.updated_at >= retry.budget;
  if (is_over_budget || std::holds_alternative<Refused>(outcome))
    return require_intervention(flow, payment, std::string(reason_of(outcome)), moment, events);
  payment.check->at = moment.now + backoff(retry, payment.check->tries, moment.entropy);
  return {};
}

}  // namespace

void schedule_charge_check(Payment& payment, const Policy& policy, const Moment& moment) {
  if (!policy.charge_checks.empty()) payment.check = PaymentCheck{moment.now + policy.charge_checks.front(), 0};
}

std::vector<GatewayCall> calls_of_due_checks(Flow& flow, const Moment& moment) {
  std::vector<GatewayCall> calls;
  const StepDefinition* step = payment_step(flow);
  if (!step) return calls;
  for (Payment& payment : flow.payments) {
    if (!payment.check || moment.now < payment.check->at) continue;
    const bool is_query = payment.status == PaymentStatus::failed;
    payment.check->tries += !is_query;
    payment.check->at = moment.now + step->timeout;
    GatewayCall call = gateway_call(is_query ? GatewayCall::Kind::query : GatewayCall::Kind::refund, flow, payment);
    call.is_check = true;
    call.execution = payment.execution;
    calls.push_back(std::move(call));
  }
  return calls;
}

Result<std::vector<Event>> record_check(Flow& flow, int execution, const Outcome& outcome, const GatewayReply& gateway,
                                        const Policy& policy, const Moment& moment) {
  Payment* payment = payment_of_execution(flow, execution);
  const StepDefinition* step = payment_step(flow);
  const auto is_expected = [&] {
    if (!step || !payment || !payment->check) return false;
    return gateway.asked == GatewayCall::Kind::query ? payment->status == PaymentStatus::failed
                                                     : is_refund_due(*payment);
  };
  if (!is_expected()) return Error{ErrorCode::retry, "no check of a payment expects this answer"};
  std::vector<Event> events;
  const auto recorded = gateway.asked == GatewayCall::Kind::query
                            ? record_query_answer(*payment, outcome, gateway, policy, moment, events)
                            : record_refund_answer(flow, *payment, *step, outcome, moment, events);
  if (!recorded) return recorded.error();
  return events;
}

bool retry_refunds(Flow& flow, const Moment& moment) {
  bool found = false;
  for (Payment& payment : flow.payments) {
    if (!is_refund_due(payment) || payment.check) continue;
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

#include "server/participants/payment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/text/json_object.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

PaymentDecision change(Payment payment, PaymentStatus to, EventType type, const Moment& moment) {
  payment.status = to;
  payment.node = moment.node;
  payment.updated_at = moment.now;
  JsonObject data;
  data.add("paymentId", payment.id.text())
      .add("orderId", payment.order.text())
      .add("userId", payment.user.text())
      .raw("amount", payment.amount.number_text());
  if (type != EventType::payment_failed) data.add("externalTransactionId", payment.external_transaction_id);
  if (type == EventType::payment_failed || type == EventType::payment_charged_late ||
      type == EventType::payment_refund_failed)
    data.add("failureReason", payment.failure_reason);
  if (type == EventType::payment_refund_failed) data.add("requiresManualIntervention", true);
  Event event;
  event.type = type;
  event.aggregate_type = AggregateType::payment;
  event.aggregate = payment.id.uuid;
  event.version = ++payment.version;
  event.order = payment.order;
  event.data = data.take();
  PaymentDecision decision{std::move(payment), {}};
  decision.events.push_back(std::move(event));
  return decision;
}

PaymentDecision unchanged(Payment payment) {
  return PaymentDecision{std::move(payment), {}};
}

Error not_allowed(const Payment& payment, std::string_view what) {
  return Error{ErrorCode::conflict,
               fmt::format("payment {} is {} and cannot be {}", payment.id.text(), to_string(payment.status), what)};
}

}  // namespace

PaymentFacts checked_facts(PaymentFacts facts) {
  const auto is_fit = [](std::string_view text) {
    return is_utf8(text) && std::none_of(text.begin(), text.end(),
                                         [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
  };
  if (!is_fit(facts.method) || facts.method.size() > payment_method_max) facts.method.clear();
  const bool is_link = facts.receipt_url.starts_with("https://") || facts.receipt_url.starts_with("http://");
  const bool has_space = facts.receipt_url.find_first_of(" \"<>\\") != std::string::npos;
  if (!is_link || has_space || !is_fit(facts.receipt_url) || facts.receipt_url.size() > receipt_url_max)
    facts.receipt_url.clear();
  return facts;
}

std::string charge_key(OrderId order, int execution) {
  return fmt::format("{}:{}", order.text(), execution);
}

Payment begin_payment(PaymentId id, OrderId order, UserId user, int execution, Money amount, const Moment& moment) {
  Payment payment;
  payment.id = id;
  payment.order = order;
  payment.user = user;
  payment.execution = execution;
  payment.amount = amount;
  payment.status = PaymentStatus::processing;
  payment.node = moment.node;
  payment.created_at = payment.updated_at = moment.now;
  return payment;
}

Result<PaymentDecision> decide(Payment payment, const PaymentCommand& command, const Moment& moment) {
  using enum PaymentStatus;
  if (const auto* charge = std::get_if<RecordCharge>(&command)) {
    if (payment.status == completed || payment.status == refunded) return unchanged(std::move(payment));
    if (payment.status != processing && payment.status != failed) return not_allowed(payment, "completed");
    const EventType type = payment.status == failed ? EventType::payment_charged_late : EventType::payment_processed;
    payment.external_transaction_id = charge->external_transaction_id;
    payment.facts = checked_facts(charge->facts);
    return change(std::move(payment), completed, type, moment);
  }
  if (const auto* refusal = std::get_if<RecordRefusal>(&command)) {
    if (payment.status == failed || payment.status == completed || payment.status == refunded)
      return unchanged(std::move(payment));
    if (payment.status != processing) return not_allowed(payment, "failed");
    payment.failure_reason = refusal->reason.empty() ? "refused" : refusal->reason;
    return change(std::move(payment), failed, EventType::payment_failed, moment);
  }
  if (const auto* failure = std::get_if<RecordRefundFailure>(&command)) {
    if (!is_refund_due(payment)) return not_allowed(payment, "kept");
    payment.failure_reason = failure->reason.empty() ? "refused" : failure->reason;
    return change(std::move(payment), completed, EventType::payment_refund_failed, moment);
  }
  if (payment.status == refunded) return unchanged(std::move(payment));
  if (payment.status != completed) return not_allowed(payment, "refunded");
  return change(std::move(payment), refunded, EventType::payment_refunded, moment);
}

Result<void> change_payment(Payment& payment, const PaymentCommand& command, const Moment& moment,
                            std::vector<Event>& events) {
  auto decision = decide(payment, command, moment);
  if (!decision) return decision.error();
  payment = std::move(decision->payment);
  std::move(decision->events.begin(), decision->events.end(), std::back_inserter(events));
  return {};
}

}  // namespace sagactl

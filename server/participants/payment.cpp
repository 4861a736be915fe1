#include "server/participants/payment.hpp"

#include <fmt/format.h>

#include "common/json_object.hpp"

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
  if (type == EventType::payment_failed) data.add("failureReason", payment.failure_reason);
  else data.add("externalTransactionId", payment.external_transaction_id);
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

Error not_allowed(const Payment& payment, std::string_view what) {
  return Error{ErrorCode::conflict, fmt::format("payment {} is {} and cannot be {}", payment.id.text(),
                                                to_string(payment.status), what)};
}

}  // namespace

std::string charge_key(OrderId order, int attempt) { return fmt::format("{}:{}", order.text(), attempt); }

Payment begin_payment(PaymentId id, OrderId order, UserId user, int attempt, Money amount, const Moment& moment) {
  Payment payment;
  payment.id = id;
  payment.order = order;
  payment.user = user;
  payment.attempt = attempt;
  payment.amount = amount;
  payment.status = PaymentStatus::processing;
  payment.node = moment.node;
  payment.created_at = payment.updated_at = moment.now;
  return payment;
}

Result<PaymentDecision> decide(Payment payment, const PaymentCommand& command, const Moment& moment) {
  if (const auto* charge = std::get_if<RecordCharge>(&command)) {
    if (payment.status == PaymentStatus::completed) return PaymentDecision{std::move(payment), {}};
    if (payment.status != PaymentStatus::processing) return not_allowed(payment, "completed");
    payment.external_transaction_id = charge->external_transaction_id;
    return change(std::move(payment), PaymentStatus::completed, EventType::payment_processed, moment);
  }
  if (const auto* refusal = std::get_if<RecordRefusal>(&command)) {
    if (payment.status == PaymentStatus::failed) return PaymentDecision{std::move(payment), {}};
    if (payment.status != PaymentStatus::processing) return not_allowed(payment, "failed");
    payment.failure_reason = refusal->reason;
    return change(std::move(payment), PaymentStatus::failed, EventType::payment_failed, moment);
  }
  if (payment.status == PaymentStatus::refunded) return PaymentDecision{std::move(payment), {}};
  if (payment.status != PaymentStatus::completed) return not_allowed(payment, "refunded");
  return change(std::move(payment), PaymentStatus::refunded, EventType::payment_refunded, moment);
}

}  // namespace sagactl

#include "server/adapters/toss/toss_answer.hpp"

#include <fmt/format.h>

namespace sagactl::toss {
namespace {

Error not_a_payment(std::string_view why) {
  return {ErrorCode::invalid, fmt::format("the payment provider's answer is not the payment: {}", why)};
}

std::string failure_of(const Json& body) {
  if (!body.contains("failure") || !body["failure"].is_object()) return "";
  const Json& failure = body["failure"];
  const std::string code = text_or_empty(failure, "code");
  const std::string message = text_or_empty(failure, "message");
  return message.empty() ? code : fmt::format("{} ({})", message, code);
}

PaymentFacts facts_of(const Json& body) {
  PaymentFacts facts;
  facts.method = text_or_empty(body, "method");
  if (const auto receipt = body.find("receipt"); receipt != body.end() && receipt->is_object())
    facts.receipt_url = text_or_empty(*receipt, "url");
  if (const auto approved = parse_iso8601(text_or_empty(body, "approvedAt"))) facts.approved_at = *approved;
  return facts;
}

}  // namespace

Result<TossPayment> payment_of(const HttpResponse& response, const std::string& payment_key) {
  const Json body = read_json(response.body);
  if (!body.is_object()) return not_a_payment("it is no JSON object");
  TossPayment payment;
  payment.payment_key = text_or_empty(body, "paymentKey");
  if (payment.payment_key != payment_key) return not_a_payment("it has another paymentKey, or none");
  payment.order_id = text_or_empty(body, "orderId");
  if (payment.order_id.empty()) return not_a_payment("it has no orderId");
  const auto status = from_string<TossPaymentStatus>(text_or_empty(body, "status"));
  if (!status) return not_a_payment("it has an unknown status");
  payment.status = *status;
  if (!body.contains("totalAmount")) return not_a_payment("it has no totalAmount");
  const auto amount = money_from_json(body["totalAmount"]);
  if (!amount) return not_a_payment("its totalAmount is not an amount");
  payment.amount = *amount;
  payment.failure = failure_of(body);
  payment.facts = facts_of(body);
  return payment;
}

QueryAnswer state_of(const TossPayment& payment, const ExpectedPayment& expected) {
  if (payment.order_id != expected.order_id) return Refused{"this payment key belongs to another order"};
  switch (payment.status) {
    case TossPaymentStatus::ready:
    case TossPaymentStatus::in_progress:
      return NotCharged{};
    case TossPaymentStatus::waiting_for_deposit:
      return Unavailable{"the payment waits for the customer's deposit"};
    case TossPaymentStatus::done:
    case TossPaymentStatus::partial_canceled:
      if (expected.amount && payment.amount != *expected.amount)
        return Refused{fmt::format("this payment key was charged with another amount: {} instead of {}",
                                   payment.amount.text(), expected.amount->text())};
      return Charged{payment.payment_key, payment.facts};
    case TossPaymentStatus::canceled:
      return Refused{"the payment was refunded at the payment provider"};
    case TossPaymentStatus::aborted:
      return Refused{payment.failure.empty() ? "the payment provider aborted the payment" : payment.failure};
    case TossPaymentStatus::expired:
      return Refused{"the payment expired before it was confirmed"};
  }
  crash("unknown payment status of Toss Payments");
}

}  // namespace sagactl::toss

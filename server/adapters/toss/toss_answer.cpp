#include "server/adapters/toss/toss_answer.hpp"

#include <fmt/format.h>

namespace sagactl::toss {
namespace {

Error not_a_payment(std::string_view why) {
  return {ErrorCode::invalid, fmt::format("the payment provider's answer is not the payment: {}", why)};
}

std::optional<std::string> text_of(const Json& body, const char* name) {
  if (!body.contains(name) || !body[name].is_string()) return std::nullopt;
  return body[name].get<std::string>();
}

std::string failure_of(const Json& body) {
  if (!body.contains("failure") || !body["failure"].is_object()) return "";
  const Json& failure = body["failure"];
  const std::string code = text_of(failure, "code").value_or("");
  const std::string message = text_of(failure, "message").value_or("");
  return message.empty() ? code : fmt::format("{} ({})", message, code);
}

}  // namespace

Result<TossPayment> payment_of(const HttpResponse& response, const std::string& payment_key) {
  const Json body = read_json(response.body);
  if (!body.is_object()) return not_a_payment("no JSON object");
  TossPayment payment;
  payment.payment_key = text_of(body, "paymentKey").value_or("");
  if (payment.payment_key != payment_key) return not_a_payment("it names another paymentKey, or none");
  const auto order = text_of(body, "orderId");
  if (!order) return not_a_payment("it names no orderId");
  payment.order_id = *order;
  const auto status = from_string<PaymentStatus>(text_of(body, "status").value_or(""));
  if (!status) return not_a_payment("its status is not known");
  payment.status = *status;
  if (!body.contains("totalAmount")) return not_a_payment("it has no totalAmount");
  const auto amount = money_from_json(body["totalAmount"]);
  if (!amount) return not_a_payment("its totalAmount is no amount");
  payment.amount = *amount;
  payment.failure = failure_of(body);
  return payment;
}

QueryAnswer state_of(const TossPayment& payment, const Expected& expected) {
  if (payment.order_id != expected.order_id) return Refused{"this payment key belongs to another order"};
  switch (payment.status) {
    case PaymentStatus::ready:
    case PaymentStatus::in_progress: return NotCharged{};
    case PaymentStatus::waiting_for_deposit: return Unavailable{"the payment waits for the customer's deposit"};
    case PaymentStatus::done:
    case PaymentStatus::partial_canceled:
      if (expected.amount && payment.amount != *expected.amount)
        return Refused{fmt::format("this payment key was charged with another amount: {} instead of {}",
                                   payment.amount.text(), expected.amount->text())};
      return Charged{payment.payment_key};
    case PaymentStatus::canceled: return Refused{"the payment was given back at the payment provider"};
    case PaymentStatus::aborted:
      return Refused{payment.failure.empty() ? "the payment provider aborted the payment" : payment.failure};
    case PaymentStatus::expired: return Refused{"the payment expired before it was confirmed"};
  }
  crash("a payment status of Toss Payments that nobody knows");
}

}  // namespace sagactl::toss

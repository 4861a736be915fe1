// A payment, as the API describes it.
#pragma once

#include <optional>
#include <string>

#include "common/money.hpp"
#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "httpclient/http_message.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl::toss {

enum class TossPaymentStatus : std::uint8_t {
  ready,                // started; the customer has not chosen a payment method
  in_progress,          // authenticated by the customer; not confirmed
  waiting_for_deposit,  // into a virtual account that was issued for it
  done,
  canceled,
  partial_canceled,
  aborted,  // the confirmation was refused
  expired,
};

struct TossPayment {
  std::string payment_key;
  std::string order_id;
  TossPaymentStatus status = TossPaymentStatus::ready;
  Money amount;
  std::string failure;  // why it was aborted; may be empty
  PaymentFacts facts = {};
};

// `invalid` when the body is not a payment, or not the one of `payment_key`.
Result<TossPayment> payment_of(const HttpResponse& response, const std::string& payment_key);

// What a payment must agree with.
struct ExpectedPayment {
  std::string order_id;
  std::optional<Money> amount;  // unknown in a query
};

// Charged when the money was captured, for this order. A refunded payment is not in effect: Refused.
QueryAnswer state_of(const TossPayment& payment, const ExpectedPayment& expected);

}  // namespace sagactl::toss

template <>
struct sagactl::Spelling<sagactl::toss::TossPaymentStatus> {
  static constexpr std::string_view names[] = {
      "READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT", "DONE", "CANCELED", "PARTIAL_CANCELED", "ABORTED", "EXPIRED"};
};

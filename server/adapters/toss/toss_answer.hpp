// What the API says of a payment.
#pragma once

#include <optional>
#include <string>

#include "common/money.hpp"
#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "httpclient/http_client.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl::toss {

enum class PaymentStatus : std::uint8_t {
  ready,                // begun; the customer has not chosen how to pay
  in_progress,          // the customer agreed; not confirmed
  waiting_for_deposit,  // an account was opened for it, and is empty
  done,
  canceled,
  partial_canceled,
  aborted,  // the confirmation was refused
  expired,
};

struct TossPayment {
  std::string payment_key;
  std::string order_id;
  PaymentStatus status = PaymentStatus::ready;
  Money amount;
  std::string failure;  // why it was aborted; may be empty
};

// `invalid` when the body is no such thing, or is about another payment than `payment_key`.
Result<TossPayment> payment_of(const HttpResponse& response, const std::string& payment_key);

// What is asked of a payment that is meant to be this one.
struct Expected {
  std::string order_id;
  std::optional<Money> amount;  // not known to a query
};

// Charged when the money is there, for this order. A payment that was given back is not in effect: Refused.
QueryAnswer state_of(const TossPayment& payment, const Expected& expected);

}  // namespace sagactl::toss

template <>
struct sagactl::Spelling<sagactl::toss::PaymentStatus> {
  static constexpr std::string_view names[] = {"READY",    "IN_PROGRESS",      "WAITING_FOR_DEPOSIT", "DONE",
                                               "CANCELED", "PARTIAL_CANCELED", "ABORTED",             "EXPIRED"};
};

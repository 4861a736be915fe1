// The payment participant: one payment for each execution of an order's payment step. Pure; the gateway is a port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/money.hpp"
#include "common/result.hpp"
#include "server/saga/decide.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

enum class PaymentStatus : std::uint8_t { pending, processing, completed, failed, refunded };

template <>
struct Spelling<PaymentStatus> {
  static constexpr std::string_view names[] = {"pending", "processing", "completed", "failed", "refunded"};
};

enum class PaymentMethod : std::uint8_t { credit_card, debit_card, bank_transfer, digital_wallet };

template <>
struct Spelling<PaymentMethod> {
  static constexpr std::string_view names[] = {"credit_card", "debit_card", "bank_transfer", "digital_wallet"};
};

// When the participant checks a payment again on its own, apart from the saga: see payment_check.hpp.
struct PaymentCheck {
  Timestamp at;
  int tries = 0;  // queries that were answered, or refunds that were called

  friend bool operator==(const PaymentCheck&, const PaymentCheck&) = default;
};

// What the provider says of a payment that was charged; what it does not say is empty.
struct PaymentFacts {
  std::string method;       // how the buyer paid, in the provider's words: "CARD", "카드"
  std::string receipt_url;  // of its receipt for the buyer
  Timestamp approved_at;    // by the provider's clock

  bool is_empty() const { return method.empty() && receipt_url.empty() && approved_at == Timestamp{}; }
  friend bool operator==(const PaymentFacts&, const PaymentFacts&) = default;
};

inline constexpr std::size_t payment_method_max = 64;  // bytes
inline constexpr std::size_t receipt_url_max = 2048;

// The facts without what is too long or cannot be shown: a receipt is a link to a page, by http or https.
PaymentFacts checked_facts(PaymentFacts facts);

struct Payment {
  PaymentId id;
  OrderId order;
  UserId user;
  int execution = 1;  // of the saga's step; (order, execution) is unique. Stored as `execution`
  Money amount;
  PaymentMethod method = PaymentMethod::credit_card;
  PaymentStatus status = PaymentStatus::processing;
  std::string external_transaction_id;  // the gateway's; empty: none
  std::string failure_reason;
  std::string provider_key;  // under which a shop's page started this payment at the provider; empty: charge_key()
  NodeName node;             // the node that wrote it last
  int version = 0;
  Timestamp created_at;
  Timestamp updated_at;
  Timestamp charge_began_at;    // of the last call that may charge; unset: there was none
  bool charge_pending = false;  // that call has not been answered
  std::optional<PaymentCheck> check;
  PaymentFacts facts = {};

  friend bool operator==(const Payment&, const Payment&) = default;
};

// The idempotency key of a charge at the gateway: the same for every try of one execution.
std::string charge_key(OrderId order, int execution);

struct RecordCharge {
  std::string external_transaction_id;
  PaymentFacts facts = {};
};
struct RecordRefusal {
  std::string reason;
};
struct RecordRefund {};
// A late charge could not be refunded.
struct RecordRefundFailure {
  std::string reason;
};
using PaymentCommand = std::variant<RecordCharge, RecordRefusal, RecordRefund, RecordRefundFailure>;

struct PaymentDecision {
  Payment payment;
  std::vector<Event> events;  // none: nothing changed
};

// A payment in `processing`, before the gateway is called. It has no event yet, and version 0.
Payment begin_payment(PaymentId id, OrderId order, UserId user, int execution, Money amount, const Moment& moment);

// The charge was found in effect after the payment had failed: it has to be refunded.
inline bool is_refund_due(const Payment& payment) {
  return payment.status == PaymentStatus::completed && !payment.failure_reason.empty();
}

// Charge: processing -> completed, and failed -> completed, for which a refund is due. Refusal: processing -> failed.
// Refund: completed -> refunded. A charge after a refund is a repeat, and a refusal after a charge is the answer to an
// earlier call: like any repeated command they change nothing. Anything else is a `conflict`.
Result<PaymentDecision> decide(Payment payment, const PaymentCommand& command, const Moment& moment);

// The same in place: changes `payment` and appends the events.
Result<void> change_payment(Payment& payment, const PaymentCommand& command, const Moment& moment,
                            std::vector<Event>& events);

}  // namespace sagactl

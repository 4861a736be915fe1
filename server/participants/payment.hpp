// The payment participant: one payment per attempt to charge an order. Pure; the gateway itself is a port.
#pragma once

#include <cstdint>
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

struct Payment {
  PaymentId id;
  OrderId order;
  UserId user;
  int attempt = 1;  // the saga step's; (order, attempt) is unique
  Money amount;
  PaymentMethod method = PaymentMethod::credit_card;
  PaymentStatus status = PaymentStatus::processing;
  std::string external_transaction_id;  // the gateway's; empty: none
  std::string failure_reason;
  std::string provider_key;  // under which a shop's page began this payment at the provider; empty: charge_key()
  NodeName node;  // that wrote it last
  int version = 0;
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const Payment&, const Payment&) = default;
};

// The idempotency key of a charge at the gateway: the same for every try of one attempt.
std::string charge_key(OrderId order, int attempt);

struct RecordCharge {
  std::string external_transaction_id;
};
struct RecordRefusal {
  std::string reason;
};
struct RecordRefund {};
using PaymentCommand = std::variant<RecordCharge, RecordRefusal, RecordRefund>;

struct PaymentDecision {
  Payment payment;
  std::vector<Event> events;  // none: nothing changed
};

// A payment in `processing`, before the gateway is called. It has no event yet, and version 0.
Payment begin_payment(PaymentId id, OrderId order, UserId user, int attempt, Money amount, const Moment& moment);

// Charge: processing -> completed. Refusal: processing -> failed. Refund: completed -> refunded. The same again
// changes nothing; anything else is a `conflict`.
Result<PaymentDecision> decide(Payment payment, const PaymentCommand& command, const Moment& moment);

}  // namespace sagactl

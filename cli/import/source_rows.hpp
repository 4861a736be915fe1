// What a nestjs-cqrs database holds, as it is read from its rows. Amounts there are numerics of whole units with two
// decimals, times are timestamps without a zone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/participants/order.hpp"
#include "server/participants/payment.hpp"
#include "server/participants/user.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

struct SourcePayment {
  PaymentId id;
  Money amount;
  PaymentMethod method = PaymentMethod::credit_card;
  PaymentStatus status = PaymentStatus::pending;
  std::string external_transaction_id, failure_reason;
  Timestamp created_at, updated_at;
};

struct SourceSaga {
  Uuid id;
  std::string correlation, error;
  SagaStatus status = SagaStatus::started;
  Timestamp created_at, updated_at;
};

struct SourceEvent {
  std::string id;
  EventType type = EventType::order_created;
  std::string reason;  // of OrderCancelled
  Timestamp at;
};

// An order with everything that belongs to it.
struct SourceOrder {
  OrderId id;
  UserId user;
  Money total;
  OrderStatus status = OrderStatus::pending;
  std::vector<OrderItem> items;
  std::string payment_id, address, idempotency_key;
  Timestamp created_at, updated_at;
  std::optional<SourcePayment> payment;
  std::optional<SourceSaga> saga;
  std::vector<SourceEvent> events;  // oldest first
};

// A row that cannot be brought, or of which a person should know.
struct RowProblem {
  std::string table, id, why;
};

template <class Row>
struct ReadRow {
  std::optional<Row> row;  // none: it cannot be brought
  RowProblem problem;      // why; `table` and `id` also name a row that can
};

// Of a row as JSON, with times in microseconds since 1970; `payments` and `sagas` are lists of those of the order, or
// null. Says of a row that cannot be brought what is wrong with it.
ReadRow<User> read_source_user(const Json& row);
ReadRow<SourceOrder> read_source_order(const Json& row, const Json& payments, const Json& sagas);

// A UUID in any of its written forms: with capitals, without hyphens, in braces.
std::optional<Uuid> read_any_uuid(std::string_view text);

}  // namespace sagactl

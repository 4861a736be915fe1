// Facts that have happened and never change. An event is written in the commit of the change that it describes; the
// event store is the outbox from which other systems learn about changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/text/json.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"

namespace sagactl {

using NodeName = std::string;

// `inventory` to `slots` are an order's reservations of the four kinds of stock; `stock` is the stock itself.
// The numbers are stored: append new values, here and below.
enum class AggregateType : std::uint8_t { order, payment, saga, inventory, item, balance, slots, stock };

template <>
struct Spelling<AggregateType> {
  static constexpr std::string_view names[] = {"Order", "Payment", "Saga",  "Inventory",
                                               "Item",  "Balance", "Slots", "Stock"};
};

enum class EventType : std::uint8_t {
  order_created,
  order_cancelled,
  order_confirmed,
  order_status_changed,
  payment_processed,
  payment_failed,
  payment_refunded,
  saga_started,
  saga_step_completed,
  saga_completed,
  saga_failed,
  saga_step_compensated,
  saga_compensated,
  saga_compensation_failed,
  saga_compensating,
  saga_retried,
  stock_reserved,
  stock_refused,
  stock_confirmed,
  stock_released,
  stock_set,
  notification_sent,
  payment_charged_late,   // a charge was found in effect after its payment had failed; it is refunded
  payment_refund_failed,  // that refund was refused, or failed for too long: it requires manual intervention
};

template <>
struct Spelling<EventType> {
  static constexpr std::string_view names[] = {
      "OrderCreated",  "OrderCancelled",      "OrderConfirmed",     "OrderStatusChanged",     "PaymentProcessed",
      "PaymentFailed", "PaymentRefunded",     "SagaStarted",        "SagaStepCompleted",      "SagaCompleted",
      "SagaFailed",    "SagaStepCompensated", "SagaCompensated",    "SagaCompensationFailed", "SagaCompensating",
      "SagaRetried",   "StockReserved",       "StockRefused",       "StockConfirmed",         "StockReleased",
      "StockSet",      "NotificationSent",    "PaymentChargedLate", "PaymentRefundFailed"};
};

// Events that few flows have and that queries look for among millions of common ones: databases keep an index of them.
constexpr bool is_rare(EventType type) {
  switch (type) {
    case EventType::order_cancelled:
    case EventType::payment_failed:
    case EventType::payment_refunded:
    case EventType::saga_failed:
    case EventType::saga_step_compensated:
    case EventType::saga_compensated:
    case EventType::saga_compensation_failed:
    case EventType::saga_compensating:
    case EventType::saga_retried:
    case EventType::payment_charged_late:
    case EventType::payment_refund_failed:
      return true;
    default:
      return false;
  }
}

struct Event {
  EventType type = EventType::order_created;
  AggregateType aggregate_type = AggregateType::order;
  Uuid aggregate;            // the order's, payment's or saga's id
  int version = 0;           // 1, 2, 3 ... within the aggregate
  OrderId order;             // its flow; nil: none, an operator has set stock
  std::string data;          // a JSON object
  std::string metadata;      // a JSON object, or empty; see requested_by()
  std::string correlation;   // empty: the order's id
  std::string trace_parent;  // W3C, of the request that started the saga; stored with the saga, not with the event
  std::string saga_type;     // the definition's name; stored with the saga as well; empty: none
  // Set by the engine when it commits:
  NodeName node;              // the node that wrote it
  std::int64_t sequence = 0;  // 1, 2, 3 ... within the node, without a gap
  Timestamp occurred_at;      // on the database's clock, increasing within the node
  // The flow's previous event when another node wrote it: that one is published first.
  struct Position {
    NodeName node;
    std::int64_t sequence = 0;
  };
  std::optional<Position> after = {};
};

// In the order in which they happened: by (occurred_at, node, sequence).
void sort_by_time(std::vector<Event>& events);

// The metadata of an event that a user asked for. It starts with this prefix, by which queries find such events.
inline constexpr std::string_view requested_by_prefix = R"({"by":)";
std::string requested_by(const std::string& user);  // empty for an empty user

}  // namespace sagactl

// What happened, once and for good. Events are written in the commit of the change that they tell of; they are
// the outbox from which other systems learn of it.
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

// `inventory` to `slots` are an order's reservations of the four kinds of stock, `stock` is what they draw from.
// Numbers are stored: new ones go to the end, here and below.
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
  payment_charged_late,    // a charge was found in effect after it had been given up; it is given back
  payment_refund_failed,   // that was refused, or could not be done for too long: a person has to see to it
};

template <>
struct Spelling<EventType> {
  static constexpr std::string_view names[] = {
      "OrderCreated",   "OrderCancelled", "OrderConfirmed",      "OrderStatusChanged",
      "PaymentProcessed", "PaymentFailed", "PaymentRefunded",    "SagaStarted",
      "SagaStepCompleted", "SagaCompleted", "SagaFailed",        "SagaStepCompensated",
      "SagaCompensated", "SagaCompensationFailed", "SagaCompensating", "SagaRetried",
      "StockReserved", "StockRefused", "StockConfirmed", "StockReleased", "StockSet", "NotificationSent",
      "PaymentChargedLate", "PaymentRefundFailed"};
};

// What happens to few flows, and is looked for among millions of what happens to all: databases have an index of these.
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
  Uuid aggregate;          // the order's, payment's or saga's id
  int version = 0;         // 1, 2, 3 ... within the aggregate
  OrderId order;           // the flow it belongs to; nil: none, it tells of stock that an operator has set
  std::string data;        // a JSON object
  std::string metadata;    // a JSON object, or empty; see requested_by()
  std::string correlation; // empty: the order's id
  std::string trace_parent;  // W3C, of the request that began the saga; kept with the saga, not with the event
  std::string saga_type;     // the definition's name; kept with the saga as well; empty: none
  // Given by the engine when it commits:
  NodeName node;               // the node that wrote it
  std::int64_t sequence = 0;   // 1, 2, 3 ... within the node, without a gap
  Timestamp occurred_at;       // on the database's clock, increasing within the node
  // The flow's event before this one, when another node wrote that: it is published first.
  struct Position {
    NodeName node;
    std::int64_t sequence = 0;
  };
  std::optional<Position> after = {};
};

// In the order in which they happened: by (occurred_at, node, sequence).
void sort_by_time(std::vector<Event>& events);

// The metadata of an event that happened because a person asked for it. Whoever looks for such events looks for text
// that begins like this.
inline constexpr std::string_view requested_by_prefix = R"({"by":)";
std::string requested_by(const std::string& user);  // empty for nobody

}  // namespace sagactl

// A flow with the JSON of its events parsed once, for all observers.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/history/flat_object.hpp"
#include "analysis/stock/stock_facts.hpp"
#include "common/money.hpp"
#include "server/ports/history.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// The lock under which an order was placed.
struct LockFacts {
  std::string_view key;
  std::int64_t fencing_token = 0;
  Timestamp acquired_at;  // on the lock's clock
};

// Its texts are in the event, or in the FlowFacts.
struct EventFacts {
  const Event* event = nullptr;
  bool readable = true;  // false: its data or metadata do not fit its type

  std::optional<OrderStatus> previous_status, new_status;  // OrderStatusChanged
  std::optional<Money> amount;                             // payment events; of OrderCreated the order's total
  std::optional<std::string_view> transaction;             // payment events after a charge: the provider's
  std::optional<std::string_view> user;                    // OrderCreated
  std::optional<LockFacts> lock;                           // OrderCreated
  // Saga events that name a step; `step` is its place in the definition; absent: no such step.
  std::string_view step_name;
  std::optional<std::size_t> step;
  int execution = 0;                            // 0: the event names none
  std::optional<Direction> direction;           // SagaRetried
  std::optional<ReservationFacts> reservation;  // events of reservations
};

struct AggregateFacts {
  AggregateType type = AggregateType::order;
  Uuid id;
  std::pmr::vector<const EventFacts*> events;  // by version
};

// Points into the history that it was created from, and has its lists in `memory`.
struct FlowFacts {
  explicit FlowFacts(const FlowHistory& history, std::pmr::memory_resource* memory = std::pmr::get_default_resource());
  FlowFacts(const FlowFacts&) = delete;
  FlowFacts& operator=(const FlowFacts&) = delete;

  // The events of one aggregate; empty when it has none.
  const AggregateFacts* find(AggregateType type, const Uuid& id) const;
  const AggregateFacts* order_events() const { return find(AggregateType::order, flow.order.id.uuid); }
  const AggregateFacts* saga_events() const { return find(AggregateType::saga, flow.order.id.uuid); }
  const EventFacts* first(EventType type) const;

  // A client's request created it: an order with its saga, or a user's saga. The next two are only for these.
  bool is_requested() const { return has_order || is_users_saga(flow); }
  Timestamp created_at() const { return has_order ? flow.order.created_at : flow.saga->created_at; }
  // The node that accepted the request.
  NodeName created_by() const;

  const Flow& flow;
  bool has_order;                               // false: the flow has other rows, but no order
  const SagaDefinition* definition = nullptr;   // null: no saga, or one of unknown type
  std::pmr::vector<EventFacts> events;          // in the order in which they happened
  std::pmr::vector<AggregateFacts> aggregates;  // every aggregate that has events

 private:
  void list(const EventFacts& facts, std::pmr::memory_resource* memory);

  FlatObject::Unescaped unescaped_;
};

}  // namespace sagactl

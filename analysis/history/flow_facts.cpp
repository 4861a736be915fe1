#include "analysis/history/flow_facts.hpp"

#include <algorithm>

#include "analysis/history/flat_object.hpp"

namespace sagactl {
namespace {

bool read_status_change(const FlatObject& data, EventFacts& facts) {
  const auto previous = data.text("previousStatus"), next = data.text("newStatus");
  if (!previous || !next) return false;
  facts.previous_status = from_string<OrderStatus>(*previous);
  facts.new_status = from_string<OrderStatus>(*next);
  return facts.previous_status && facts.new_status;
}

bool read_payment(const FlatObject& data, EventFacts& facts) {
  const auto amount = data.number("amount");
  if (!amount) return false;
  const auto money = money_from_json(*amount);
  if (!money) return false;
  facts.amount = *money;
  return true;
}

bool read_step(const FlatObject& data, const SagaDefinition* definition, EventFacts& facts) {
  auto step = data.text("step");
  if (!step) return false;
  facts.step_name = std::move(*step);
  facts.execution = static_cast<int>(data.integer("attempt").value_or(0));
  if (!definition) return true;
  for (std::size_t i = 0; i < definition->steps.size(); ++i)
    if (definition->steps[i].name == facts.step_name) facts.step = i;
  return true;
}

bool read_retry(const FlatObject& data, const SagaDefinition* definition, EventFacts& facts) {
  const auto direction = data.text("direction");
  if (!direction || !read_step(data, definition, facts)) return false;
  facts.direction = from_string<Direction>(*direction);
  return facts.direction.has_value();
}

bool read_lock(const std::string& metadata, EventFacts& facts) {
  if (metadata.empty()) return true;
  const auto json = FlatObject::read(metadata);
  if (!json) return false;
  auto key = json->text("lockKey");
  if (!key) return true;
  const auto token = json->integer("fencingToken"), acquired = json->integer("lockAcquiredAt");
  if (!token || !acquired) return false;
  facts.lock = LockFacts{std::move(*key), *token, Timestamp{*acquired}};
  return true;
}

bool read(const SagaDefinition* definition, EventFacts& facts) {
  const Event& event = *facts.event;
  switch (event.type) {
    case EventType::order_created:
      return read_lock(event.metadata, facts);
    case EventType::order_status_changed: {
      const auto data = FlatObject::read(event.data);
      return data && read_status_change(*data, facts);
    }
    case EventType::payment_processed:
    case EventType::payment_failed:
    case EventType::payment_refunded:
    case EventType::payment_charged_late:
    case EventType::payment_refund_failed: {
      const auto data = FlatObject::read(event.data);
      return data && read_payment(*data, facts);
    }
    case EventType::saga_step_completed:
    case EventType::saga_step_compensated:
    case EventType::saga_failed:
    case EventType::saga_compensation_failed: {
      const auto data = FlatObject::read(event.data);
      return data && read_step(*data, definition, facts);
    }
    case EventType::saga_retried: {
      const auto data = FlatObject::read(event.data);
      return data && read_retry(*data, definition, facts);
    }
    case EventType::stock_reserved:
    case EventType::stock_refused:
    case EventType::stock_confirmed:
    case EventType::stock_released:
      facts.reservation = read_reservation_event(event.data);
      return facts.reservation.has_value();
    case EventType::order_cancelled:
    case EventType::order_confirmed:
    case EventType::saga_started:
    case EventType::saga_completed:
    case EventType::saga_compensated:
    case EventType::saga_compensating:
    case EventType::stock_set:
    case EventType::notification_sent:
      return true;
  }
  return false;
}

}  // namespace

FlowFacts::FlowFacts(const FlowHistory& history)
    : flow(history.flow), has_order(flow.order.version > 0 || !flow.order.user.uuid.is_nil()) {
  if (flow.saga) definition = definition_of(*flow.saga);
  events.reserve(history.events.size());
  for (const Event& event : history.events) {
    EventFacts facts;
    facts.event = &event;
    facts.readable = read(definition, facts);
    events.push_back(std::move(facts));
  }
  for (const EventFacts& facts : events) {
    const auto same = [&](const AggregateFacts& aggregate) {
      return aggregate.type == facts.event->aggregate_type && aggregate.id == facts.event->aggregate;
    };
    auto it = std::find_if(aggregates.begin(), aggregates.end(), same);
    if (it == aggregates.end()) it = aggregates.insert(it, {facts.event->aggregate_type, facts.event->aggregate, {}});
    it->events.push_back(&facts);
  }
  for (AggregateFacts& aggregate : aggregates)
    std::stable_sort(aggregate.events.begin(), aggregate.events.end(),
                     [](const EventFacts* a, const EventFacts* b) { return a->event->version < b->event->version; });
}

const AggregateFacts* FlowFacts::find(AggregateType type, const Uuid& id) const {
  for (const AggregateFacts& aggregate : aggregates)
    if (aggregate.type == type && aggregate.id == id) return &aggregate;
  return nullptr;
}

const EventFacts* FlowFacts::first(EventType type) const {
  for (const EventFacts& facts : events)
    if (facts.event->type == type) return &facts;
  return nullptr;
}

NodeName FlowFacts::created_by() const {
  if (has_order) return flow.order.node;
  const EventFacts* started = first(EventType::saga_started);
  return started ? started->event->node : flow.saga->owner.node;  // another node may have adopted it since
}

}  // namespace sagactl

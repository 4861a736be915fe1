#include "analysis/history/flow_facts.hpp"

#include <algorithm>

namespace sagactl {
namespace {

constexpr std::size_t expected_aggregates = 4;  // an order, its saga, its payment, its reservation
constexpr std::size_t exact_digits = 15;        // of which a double distinguishes all numbers

// As money_from_json() of that number.
std::optional<Money> read_amount(std::string_view number) {
  const bool is_plain = number.size() <= exact_digits && number.find_first_not_of("0123456789.") == number.npos &&
                        (number.front() != '0' || number.substr(1, 1) == "." || number.size() == 1);
  const Result<Money> amount = is_plain ? parse_money(number) : money_from_json(read_json(number));
  return amount ? std::optional(*amount) : std::nullopt;
}

// Reads what the verdicts need of one event into its facts. False: its data or metadata do not fit its type.
class EventReader {
 public:
  EventReader(EventFacts& facts, const SagaDefinition* definition, FlatObject::Unescaped& unescaped)
      : facts_(facts), definition_(definition), unescaped_(unescaped) {}

  bool read();

 private:
  std::optional<std::string_view> text(const FlatObject& object, std::string_view member) {
    return object.text(member, unescaped_);
  }
  bool read_status_change(const FlatObject& data);
  bool read_creation(const FlatObject& data);
  bool read_payment(const FlatObject& data);
  bool read_step(const FlatObject& data);
  bool read_failure(const FlatObject& data);
  bool read_retry(const FlatObject& data);
  bool read_lock(std::string_view metadata);

  EventFacts& facts_;
  const SagaDefinition* const definition_;
  FlatObject::Unescaped& unescaped_;
};

bool EventReader::read_status_change(const FlatObject& data) {
  const auto previous = text(data, "previousStatus"), next = text(data, "newStatus");
  if (!previous || !next) return false;
  facts_.previous_status = from_string<OrderStatus>(*previous);
  facts_.new_status = from_string<OrderStatus>(*next);
  return facts_.previous_status && facts_.new_status;
}

bool EventReader::read_creation(const FlatObject& data) {
  if (const auto total = data.number("totalAmount")) facts_.amount = read_amount(*total);
  // The userId of a purchase is its buyer's in that system.
  facts_.user = text(data, "accountId");
  if (!facts_.user) facts_.user = text(data, "userId");
  return true;
}

bool EventReader::read_payment(const FlatObject& data) {
  facts_.transaction = text(data, "externalTransactionId");
  if (const auto amount = data.number("amount")) facts_.amount = read_amount(*amount);
  return facts_.amount.has_value();
}

bool EventReader::read_step(const FlatObject& data) {
  const auto step = text(data, "step");
  if (!step) return false;
  facts_.step_name = *step;
  facts_.execution = static_cast<int>(data.integer("attempt").value_or(0));
  if (!definition_) return true;
  for (std::size_t i = 0; i < definition_->steps.size(); ++i)
    if (definition_->steps[i].name == facts_.step_name) facts_.step = i;
  return true;
}

// Without a step a person has stopped the saga.
bool EventReader::read_failure(const FlatObject& data) {
  return text(data, "step") ? read_step(data) : text(data, "reason").has_value();
}

bool EventReader::read_retry(const FlatObject& data) {
  const auto direction = text(data, "direction");
  if (!direction || !read_step(data)) return false;
  facts_.direction = from_string<Direction>(*direction);
  return facts_.direction.has_value();
}

bool EventReader::read_lock(std::string_view metadata) {
  if (metadata.empty()) return true;
  const auto json = FlatObject::read(metadata);
  if (!json) return false;
  const auto key = text(*json, "lockKey");
  if (!key) return true;
  const auto token = json->integer("fencingToken"), acquired = json->integer("lockAcquiredAt");
  if (!token || !acquired) return false;
  facts_.lock = LockFacts{*key, *token, Timestamp{*acquired}};
  return true;
}

bool EventReader::read() {
  const Event& event = *facts_.event;
  const auto read_data = [&](bool (EventReader::*read)(const FlatObject&)) {
    const auto data = FlatObject::read(event.data);
    return data && (this->*read)(*data);
  };
  switch (event.type) {
    case EventType::order_created:
      return read_data(&EventReader::read_creation) && read_lock(event.metadata);
    case EventType::order_status_changed:
      return read_data(&EventReader::read_status_change);
    case EventType::payment_processed:
    case EventType::payment_failed:
    case EventType::payment_refunded:
    case EventType::payment_charged_late:
    case EventType::payment_refund_failed:
      return read_data(&EventReader::read_payment);
    case EventType::saga_step_completed:
    case EventType::saga_step_compensated:
    case EventType::saga_compensation_failed:
      return read_data(&EventReader::read_step);
    case EventType::saga_failed:
      return read_data(&EventReader::read_failure);
    case EventType::saga_retried:
      return read_data(&EventReader::read_retry);
    case EventType::stock_reserved:
    case EventType::stock_refused:
    case EventType::stock_confirmed:
    case EventType::stock_released:
      facts_.reservation = read_reservation_event(event.data);
      return facts_.reservation.has_value();
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

FlowFacts::FlowFacts(const FlowHistory& history, std::pmr::memory_resource* memory)
    : flow(history.flow),
      has_order(flow.order.version > 0 || !flow.order.user.uuid.is_nil()),
      events(memory),
      aggregates(memory) {
  if (flow.saga) definition = definition_of(*flow.saga);
  events.reserve(history.events.size());
  for (const Event& event : history.events) {
    EventFacts& facts = events.emplace_back();
    facts.event = &event;
    facts.readable = EventReader(facts, definition, unescaped_).read();
    list(facts, memory);
  }
  for (AggregateFacts& aggregate : aggregates) {
    const auto before = [](const EventFacts* a, const EventFacts* b) { return a->event->version < b->event->version; };
    // Sorting allocates, and they mostly are in order.
    if (!std::is_sorted(aggregate.events.begin(), aggregate.events.end(), before))
      std::stable_sort(aggregate.events.begin(), aggregate.events.end(), before);
  }
}

// With its aggregate.
void FlowFacts::list(const EventFacts& facts, std::pmr::memory_resource* memory) {
  const Event& event = *facts.event;
  auto aggregate = std::find_if(aggregates.begin(), aggregates.end(), [&](const AggregateFacts& it) {
    return it.type == event.aggregate_type && it.id == event.aggregate;
  });
  if (aggregate == aggregates.end()) {
    if (aggregates.empty()) aggregates.reserve(expected_aggregates);
    aggregates.push_back({event.aggregate_type, event.aggregate, std::pmr::vector<const EventFacts*>(memory)});
    aggregate = aggregates.end() - 1;
    aggregate->events.reserve(events.capacity());
  }
  aggregate->events.push_back(&facts);
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

#include "server/ports/bus.hpp"

#include "server/saga/definition.hpp"

namespace sagactl {

std::string_view topic_of(const Event& event) {
  if (!event.saga_type.empty() && event.saga_type != order_processing_saga)
    if (const SagaDefinition* definition = find_definition(event.saga_type))
      for (const TopicRule& rule : definition->topics)
        if (rule.aggregate == event.aggregate_type && rule.event == event.type) return rule.topic;
  switch (event.aggregate_type) {
    case AggregateType::order: return "order-events";
    case AggregateType::payment: return "payment-events";
    case AggregateType::inventory:
    case AggregateType::item:
    case AggregateType::balance:
    case AggregateType::slots:
    case AggregateType::stock: return "stock-events";
    case AggregateType::saga: break;
  }
  return "saga-events";
}

}  // namespace sagactl

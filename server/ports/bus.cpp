#include "server/ports/bus.hpp"

#include <algorithm>

namespace sagactl {

const TopicRule* topic_rule_of(const Event& event) {
  if (event.saga_type.empty() || event.saga_type == order_processing_saga) return nullptr;
  const SagaDefinition* definition = find_definition(event.saga_type);
  if (!definition) return nullptr;
  for (const TopicRule& rule : definition->topics)
    if (rule.aggregate == event.aggregate_type && rule.event == event.type) return &rule;
  return nullptr;
}

std::string_view topic_of(const Event& event) {
  if (const TopicRule* rule = topic_rule_of(event)) return rule->topic;
  switch (event.aggregate_type) {
    case AggregateType::order:
      return "order-events";
    case AggregateType::payment:
      return "payment-events";
    case AggregateType::inventory:
    case AggregateType::item:
    case AggregateType::balance:
    case AggregateType::slots:
    case AggregateType::stock:
      return "stock-events";
    case AggregateType::saga:
      break;
  }
  return "saga-events";
}

std::vector<std::string_view> event_topics() {
  std::vector<std::string_view> topics = {"order-events", "payment-events", "saga-events", "stock-events"};
  for (const SagaDefinition& definition : definitions())
    for (const TopicRule& rule : definition.topics)
      if (std::find(topics.begin(), topics.end(), rule.topic) == topics.end()) topics.push_back(rule.topic);
  return topics;
}

std::vector<std::string_view> copy_topics() {
  std::vector<std::string_view> topics;
  for (const SagaDefinition& definition : definitions())
    for (const TopicRule& rule : definition.topics)
      if (!rule.copied_to.empty() && std::find(topics.begin(), topics.end(), rule.copied_to) == topics.end())
        topics.push_back(rule.copied_to);
  return topics;
}

}  // namespace sagactl

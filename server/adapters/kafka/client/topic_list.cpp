#include "server/adapters/kafka/client/topic_list.hpp"

#include <set>

#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/kafka/kafka_saga_exchange.hpp"
#include "server/adapters/kafka/payment_message.hpp"
#include "server/ports/bus.hpp"

namespace sagactl {
namespace {

// A consumer needs the topic and its dead-letter topic.
void add_consumed(std::set<std::string>& names, std::string_view topic) {
  names.emplace(topic);
  names.insert(kafka::dead_letter_topic(std::string(topic)));
}

}  // namespace

std::vector<std::string> topics_of(const KafkaUse& use, const KafkaOptions& options) {
  std::set<std::string> names;
  if (use.publishes_events) {
    for (const std::string_view topic : event_topics()) names.emplace(topic);
    for (const std::string_view topic : copy_topics()) names.emplace(topic);
  }
  if (use.asks_for_payments || use.carries_out_payments) names.emplace(kafka::payment_replies);
  if (use.asks_for_payments) names.emplace(kafka::payment_commands);
  if (use.carries_out_payments) add_consumed(names, kafka::payment_commands);
  if (use.service) {
    names.emplace(orchestrator_commands);
    names.emplace(orchestrator_replies);
    if (*use.service == Service::orchestrator) {
      add_consumed(names, orchestrator_replies);
    } else {
      add_consumed(names, orchestrator_commands);
      for (const std::string_view topic : choreography_topics()) add_consumed(names, topic);
    }
  }
  std::vector<std::string> all;
  for (const std::string& name : names) all.push_back(options.topic_prefix + name);
  return all;
}

}  // namespace sagactl

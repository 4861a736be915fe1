// Kafka: do the brokers answer, are the topics there, may they be made?
#include <fmt/format.h>

#include "cli/finding.hpp"
#include "cli/kafka.hpp"
#include "server/adapters/kafka/kafka_check.hpp"

namespace sagactl {

void examine_kafka(const Invocation& invocation, Findings& findings) {
  const auto brokers = brokers_of(invocation.environment);
  if (!brokers) {
    findings.push_back({"kafka", Health::fail, brokers.error().message, "write it as host:port,host:port"});
    return;
  }
  if (brokers->empty()) {
    findings.push_back({"kafka", Health::ok, "not configured; messages go through the nodes' own process"});
    return;
  }
  KafkaOptions options;
  options.brokers = *brokers;
  const auto check = check_kafka(options, invocation.settings.timeout);
  if (!check) {
    findings.push_back({"kafka", Health::warn, check.error().message,
                        "is it running, and does it advertise an address that this machine can reach? Nodes go on, "
                        "and publish their events when it is back"});
    return;
  }
  findings.push_back({"kafka", Health::ok, fmt::format("{} brokers answer at {}", check->brokers, options.brokers)});
  for (const KafkaCheck::Topic& topic : check->topics) {
    const std::string subject = "topic " + topic.name;
    if (topic.partitions > 0)
      findings.push_back({subject, Health::ok, fmt::format("{} partitions", topic.partitions)});
    else if (topic.may_be_made)
      findings.push_back({subject, Health::ok, "is not there yet; `sagactl serve` makes it"});
    else
      findings.push_back({subject, Health::fail, "is not there, and may not be made: " + topic.why,
                          fmt::format("have it made with {} partitions, or get the right to create topics",
                                      options.partitions)});
  }
}

}  // namespace sagactl

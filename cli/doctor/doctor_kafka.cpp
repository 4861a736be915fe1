// Kafka: does every broker answer, are the topics there that this role needs, may they be made, do they take messages?
#include <fmt/format.h>

#include "cli/doctor/finding.hpp"
#include "cli/dependencies/kafka.hpp"
#include "server/adapters/kafka/client/kafka_check.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"

namespace sagactl {
namespace {

DoctorFinding finding_of(const KafkaCheck::Topic& topic, int partitions_made) {
  const std::string subject = "topic " + topic.name;
  if (!topic.takes_nothing.empty())
    return {subject, CheckResult::fail, "takes no message: " + topic.takes_nothing,
            "start the brokers that are missing; nodes keep their events till then"};
  if (topic.partitions > 0) return {subject, CheckResult::ok, fmt::format("{} partitions", topic.partitions)};
  if (!topic.may_not_be_made.empty())
    return {subject, CheckResult::fail, "is not there, and this client may not make it",
            fmt::format("have it made with {} partitions, or give the client the right to create topics",
                        partitions_made)};
  if (!topic.cannot_be_told.empty())
    return {subject, CheckResult::warn, "is not there, and whether it may be made is not known: " + topic.cannot_be_told,
            "see that the brokers are up, and ask again"};
  return {subject, CheckResult::ok, "is not there yet; `sagactl serve` makes it"};
}

}  // namespace

void examine_kafka(const Invocation& invocation, const KafkaUnderTest& given, DoctorFindings& findings) {
  const auto brokers = brokers_of(invocation.environment, given.brokers);
  if (!brokers) {
    findings.push_back({"kafka", CheckResult::fail, brokers.error().message, "write it as host:port,host:port"});
    return;
  }
  if (brokers->empty()) {
    findings.push_back({"kafka", CheckResult::ok, "not configured; messages go through the nodes' own process"});
    return;
  }
  KafkaOptions options;
  options.brokers = *brokers;
  const auto check = check_kafka(options, topics_of(given.use, options), invocation.settings.timeout);
  if (!check) {
    findings.push_back({"kafka", CheckResult::warn, check.error().message,
                        "is it running, and does it advertise an address that this machine can reach? Nodes go on, "
                        "and publish their events when it is back"});
    return;
  }
  findings.push_back({"kafka", CheckResult::ok, fmt::format("{} brokers answer at {}", check->brokers, options.brokers)});
  for (const KafkaCheck::Broker& broker : check->addresses)
    if (!broker.failure.empty())
      findings.push_back({"broker " + broker.address, CheckResult::warn, broker.failure,
                          "start it, or correct its address (advertised.listeners) or --kafka"});
  for (const KafkaCheck::Topic& topic : check->topics) findings.push_back(finding_of(topic, options.partitions));
}

}  // namespace sagactl

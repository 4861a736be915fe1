// Kafka: whether every broker answers, and whether the topics of the role exist (or can be created) and accept
// messages.
#include <fmt/format.h>

#include "cli/dependencies/kafka.hpp"
#include "cli/doctor/finding.hpp"
#include "server/adapters/kafka/client/kafka_diagnosis.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"

namespace sagactl {
namespace {

DoctorFinding finding_of(const KafkaDiagnosis::Topic& topic, int default_partitions) {
  const std::string subject = "topic " + topic.name;
  if (!topic.writes_refused.empty())
    return {subject, CheckResult::fail, "accepts no messages: " + topic.writes_refused,
            "start the missing brokers; nodes keep their events until then"};
  if (!topic.unfit.empty())
    return {subject, CheckResult::fail, topic.unfit,
            "change the topic's settings, or have it made by `sagactl topics create`"};
  if (topic.replicas_in_sync < topic.replicas)
    return {subject, CheckResult::warn,
            fmt::format("has {} of {} replicas in sync", topic.replicas_in_sync, topic.replicas),
            "start the missing brokers: fewer of the others may be lost until then"};
  if (topic.partitions > 0) return {subject, CheckResult::ok, fmt::format("{} partitions", topic.partitions)};
  if (!topic.creation_denied.empty())
    return {subject, CheckResult::fail,
            "does not exist or is hidden from this client, which is not allowed to create it",
            fmt::format("create it with {} partitions (`sagactl topics create`), or allow the client to create topics",
                        default_partitions)};
  if (!topic.creation_unknown.empty())
    return {subject, CheckResult::warn,
            "does not exist; could not check whether it can be created: " + topic.creation_unknown,
            "check that the brokers are up, and run doctor again"};
  return {subject, CheckResult::ok, "does not exist yet; `sagactl serve` creates it"};
}

}  // namespace

void inspect_kafka(const Invocation& invocation, const KafkaToCheck& given, DoctorFindings& findings) {
  const auto brokers = brokers_of(invocation.environment, given.flags.brokers);
  if (!brokers) {
    findings.push_back({"kafka", CheckResult::fail, brokers.error().message, "write it as host:port,host:port"});
    return;
  }
  if (brokers->empty()) {
    findings.push_back({"kafka", CheckResult::ok, "not configured; messages stay in the node's process"});
    return;
  }
  KafkaFlags flags = given.flags;
  flags.brokers = *brokers;
  const auto found = kafka_of_flags(invocation.environment, flags);
  if (!found) {
    findings.push_back({"kafka", CheckResult::fail, found.error().message});
    return;
  }
  const KafkaOptions& options = *found;
  const auto check = diagnose_kafka(options, topics_of(given.use, options), invocation.settings.timeout);
  if (!check && check.error().code != ErrorCode::unavailable) {
    findings.push_back({"kafka", CheckResult::fail, check.error().message,
                        "`sagactl serve` does not start with these settings: see Kafka in docs/deployment.md"});
    return;
  }
  if (!check) {
    findings.push_back({"kafka", CheckResult::warn, check.error().message,
                        "check that it runs and advertises an address that this machine can reach; nodes go on "
                        "without it and publish their events later"});
    return;
  }
  findings.push_back(
      {"kafka", CheckResult::ok,
       fmt::format("{} broker{} available at {}", check->brokers, check->brokers == 1 ? "" : "s", options.brokers)});
  for (const KafkaDiagnosis::Broker& broker : check->addresses)
    if (!broker.failure.empty())
      findings.push_back({"broker " + broker.address, CheckResult::warn, broker.failure,
                          "start it, or correct its address (advertised.listeners) or --kafka"});
  for (const KafkaDiagnosis::Topic& topic : check->topics) findings.push_back(finding_of(topic, options.partitions));
}

}  // namespace sagactl

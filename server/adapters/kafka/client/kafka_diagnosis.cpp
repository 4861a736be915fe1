#include "server/adapters/kafka/client/kafka_diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "common/text/text.hpp"
#include "server/adapters/kafka/client/connection_trouble.hpp"
#include "server/adapters/kafka/client/topics.hpp"

namespace sagactl {
namespace {

using namespace kafka;

constexpr Duration broker_timeout = 3s;  // for one of several
constexpr const char* cleanup_setting = "cleanup.policy";
constexpr std::array<std::string_view, 4> settings_shown = {cleanup_setting, "max.message.bytes", min_in_sync_setting,
                                                            "retention.ms"};

// Those that were given and those that the cluster advertises, each by itself: a client needs to reach them all.
std::vector<KafkaDiagnosis::Broker> check_brokers(const KafkaOptions& options, const rd_kafka_metadata_t& metadata,
                                                  Duration timeout) {
  std::vector<std::string> addresses = split(options.brokers, ',');
  for (int i = 0; i < metadata.broker_cnt; ++i) {
    const std::string advertised = fmt::format("{}:{}", metadata.brokers[i].host, metadata.brokers[i].port);
    if (std::find(addresses.begin(), addresses.end(), advertised) == addresses.end()) addresses.push_back(advertised);
  }
  std::vector<KafkaDiagnosis::Broker> brokers;
  for (const std::string& address : addresses) {
    KafkaOptions one = options;
    one.brokers = address;
    const auto client = open_admin(one);
    const auto answer = client ? await_brokers((*client)->handle.get(), one, (*client)->trouble,
                                               std::min(timeout, broker_timeout), "no answer")
                               : Result<NativeMetadata>(client.error());
    brokers.push_back({address, answer ? "" : answer.error().message});
  }
  return brokers;
}

// A setting with which messages are lost that somebody still needs; empty: there is none.
std::string why_unfit(const TopicSettings& settings, int replicas) {
  const auto policy = settings.find(cleanup_setting);
  if (policy != settings.end() && policy->second.find("compact") != std::string::npos)
    return fmt::format("{} is {}: a message replaces the earlier ones of its flow", cleanup_setting, policy->second);
  if (const int needed = in_sync_needed(settings); replicas > 0 && needed > replicas)
    return fmt::format("{} is {}, and there {} {} replica{}: it accepts no messages", min_in_sync_setting, needed,
                       replicas == 1 ? "is" : "are", replicas, replicas == 1 ? "" : "s");
  return {};
}

int fewest(const rd_kafka_metadata_topic_t& topic, int rd_kafka_metadata_partition_t::*count) {
  int fewest = 0;
  for (int p = 0; p < topic.partition_cnt; ++p)
    fewest = p == 0 ? topic.partitions[p].*count : std::min(fewest, topic.partitions[p].*count);
  return fewest;
}

}  // namespace

Result<KafkaDiagnosis> diagnose_kafka(const KafkaOptions& options, const std::vector<std::string>& topics,
                                      Duration timeout) {
  const auto client = open_admin(options);
  if (!client) return client.error();
  rd_kafka_t* const handle = (*client)->handle.get();
  const auto metadata = await_brokers(handle, options, (*client)->trouble, timeout, "cannot read the cluster");
  if (!metadata) return metadata.error();
  KafkaDiagnosis diagnosis;
  diagnosis.brokers = (*metadata)->broker_cnt;
  diagnosis.addresses = check_brokers(options, **metadata, timeout);
  std::vector<std::string> existing, missing;
  for (const std::string& name : topics) (find_topic(**metadata, name) ? existing : missing).push_back(name);
  const auto settings = settings_of(handle, existing, timeout);
  const auto refused = creation_errors(handle, options, missing, timeout);
  for (const std::string& name : topics) {
    KafkaDiagnosis::Topic& topic = diagnosis.topics.emplace_back();
    topic.name = name;
    if (const auto* found = find_topic(**metadata, name)) {
      topic.partitions = found->partition_cnt;
      topic.replicas = fewest(*found, &rd_kafka_metadata_partition_t::replica_cnt);
      topic.replicas_in_sync = fewest(*found, &rd_kafka_metadata_partition_t::isr_cnt);
      if (const auto read = settings.find(name); read != settings.end())
        for (const auto& [setting, value] : read->second)
          if (std::find(settings_shown.begin(), settings_shown.end(), setting) != settings_shown.end())
            topic.settings.emplace(setting, value);
      topic.unfit = why_unfit(topic.settings, topic.replicas);
      topic.writes_refused = why_writes_are_refused(*found, topic.settings);
    } else if (!refused) {
      topic.creation_unknown = refused.error().message;
    } else if (const auto why = refused->find(name); why != refused->end()) {
      (why->second.code == ErrorCode::forbidden ? topic.creation_denied : topic.creation_unknown) = why->second.message;
    }
  }
  return diagnosis;
}

}  // namespace sagactl

#include "server/adapters/kafka/client/kafka_diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "common/text/text.hpp"
#include "server/adapters/kafka/client/connection_trouble.hpp"
#include "server/adapters/kafka/client/topics.hpp"

namespace sagactl {
namespace {

using namespace kafka;

constexpr Duration broker_timeout = 3s;  // for one of several
constexpr const char* min_in_sync_setting = "min.insync.replicas";
constexpr const char* cleanup_setting = "cleanup.policy";
constexpr std::array<std::string_view, 4> settings_shown = {cleanup_setting, "max.message.bytes", min_in_sync_setting,
                                                            "retention.ms"};

struct DestroyResource {
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
};
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t, DestroyResource>;

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

using Settings = std::map<std::string, std::string>;

// The settings that matter of each topic; without those that this client has no right to see.
std::map<std::string, Settings> settings_of(rd_kafka_t* handle, const std::vector<std::string>& topics,
                                            Duration timeout) {
  std::map<std::string, Settings> all;
  std::vector<Resource> owners;
  std::vector<rd_kafka_ConfigResource_t*> requested;
  for (const std::string& topic : topics) {
    owners.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    requested.push_back(owners.back().get());
  }
  if (requested.empty()) return all;
  const NativeQueue queue(rd_kafka_queue_new(handle));
  rd_kafka_DescribeConfigs(handle, requested.data(), requested.size(), nullptr, queue.get());
  const NativeEvent event(rd_kafka_queue_poll(queue.get(), milliseconds(timeout)));
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return all;
  std::size_t count = 0;
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(resources[i], &entries);
    for (std::size_t e = 0; e < entries; ++e) {
      const std::string name = rd_kafka_ConfigEntry_name(entry[e]);
      const char* value = rd_kafka_ConfigEntry_value(entry[e]);
      if (value && std::find(settings_shown.begin(), settings_shown.end(), name) != settings_shown.end())
        all[rd_kafka_ConfigResource_name(resources[i])][name] = value;
    }
  }
  return all;
}

int number_of(const Settings& settings, const char* name, int otherwise) {
  const auto found = settings.find(name);
  if (found != settings.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), otherwise);
  return otherwise;
}

// A setting with which messages are lost that somebody still needs; empty: there is none.
std::string why_unfit(const Settings& settings, int replicas) {
  const auto policy = settings.find(cleanup_setting);
  if (policy != settings.end() && policy->second.find("compact") != std::string::npos)
    return fmt::format("{} is {}: a message replaces the earlier ones of its flow", cleanup_setting, policy->second);
  if (const int needed = number_of(settings, min_in_sync_setting, 1); replicas > 0 && needed > replicas)
    return fmt::format("{} is {}, and there {} {} replica{}: it accepts no messages", min_in_sync_setting, needed,
                       replicas == 1 ? "is" : "are", replicas, replicas == 1 ? "" : "s");
  return {};
}

int fewest_replicas(const rd_kafka_metadata_topic_t& topic) {
  int fewest = 0;
  for (int p = 0; p < topic.partition_cnt; ++p)
    fewest = p == 0 ? topic.partitions[p].replica_cnt : std::min(fewest, topic.partitions[p].replica_cnt);
  return fewest;
}

// Why a topic refuses messages with acks=all; empty when it does not.
std::string why_writes_are_refused(const rd_kafka_metadata_topic_t& topic, int needed) {
  for (int p = 0; p < topic.partition_cnt; ++p) {
    const rd_kafka_metadata_partition_t& partition = topic.partitions[p];
    if (partition.leader < 0) return fmt::format("partition {} has no leader", partition.id);
    if (partition.isr_cnt < needed)
      return fmt::format("partition {} has {} replica{} in sync, and {} is {}", partition.id, partition.isr_cnt,
                         partition.isr_cnt == 1 ? "" : "s", min_in_sync_setting, needed);
  }
  return {};
}

const rd_kafka_metadata_topic_t* find_topic(const rd_kafka_metadata_t& metadata, const std::string& name) {
  for (int i = 0; i < metadata.topic_cnt; ++i)
    if (metadata.topics[i].topic == name) return &metadata.topics[i];
  return nullptr;
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
  auto settings = settings_of(handle, existing, timeout);
  const auto refused = creation_errors(handle, options, missing, timeout);
  for (const std::string& name : topics) {
    KafkaDiagnosis::Topic& topic = diagnosis.topics.emplace_back();
    topic.name = name;
    if (const auto* found = find_topic(**metadata, name)) {
      topic.partitions = found->partition_cnt;
      topic.replicas = fewest_replicas(*found);
      topic.settings = std::move(settings[name]);
      topic.unfit = why_unfit(topic.settings, topic.replicas);
      topic.writes_refused = why_writes_are_refused(*found, number_of(topic.settings, min_in_sync_setting, 1));
    } else if (!refused) {
      topic.creation_unknown = refused.error().message;
    } else if (const auto why = refused->find(name); why != refused->end()) {
      (why->second.code == ErrorCode::forbidden ? topic.creation_denied : topic.creation_unknown) = why->second.message;
    }
  }
  return diagnosis;
}

}  // namespace sagactl

#include "server/adapters/kafka/client/kafka_diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "common/text/text.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/topics.hpp"

namespace sagactl {
namespace {

using namespace kafka;

constexpr Duration broker_timeout = 3s;  // for one of several
constexpr const char* min_in_sync_setting = "min.insync.replicas";

struct DestroyResource {
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
};
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t, DestroyResource>;

Result<NativeHandle> connect(const KafkaOptions& options) {
  auto conf = make_conf(options, {}, nullptr);
  if (!conf) return conf.error();
  return make_handle(RD_KAFKA_PRODUCER, std::move(conf).value());
}

Result<NativeMetadata> metadata_of(rd_kafka_t* handle, const KafkaOptions& options, Duration timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(handle, 1, nullptr, &raw, milliseconds(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options, "no broker answers");
  return NativeMetadata(raw);
}

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
    const auto handle = connect(one);
    const auto answer = handle ? metadata_of(handle->get(), one, std::min(timeout, broker_timeout))
                               : Result<NativeMetadata>(handle.error());
    brokers.push_back({address, answer ? "" : answer.error().message});
  }
  return brokers;
}

// min.insync.replicas of each topic; without those that this client has no right to see.
std::map<std::string, int> in_sync_replicas_needed(rd_kafka_t* handle, const std::vector<std::string>& topics,
                                                   Duration timeout) {
  std::map<std::string, int> needed;
  std::vector<Resource> owners;
  std::vector<rd_kafka_ConfigResource_t*> requested;
  for (const std::string& topic : topics) {
    owners.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    requested.push_back(owners.back().get());
  }
  if (requested.empty()) return needed;
  const NativeQueue queue(rd_kafka_queue_new(handle));
  rd_kafka_DescribeConfigs(handle, requested.data(), requested.size(), nullptr, queue.get());
  const NativeEvent event(rd_kafka_queue_poll(queue.get(), milliseconds(timeout)));
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return needed;
  std::size_t count = 0;
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(resources[i], &entries);
    for (std::size_t e = 0; e < entries; ++e) {
      const char* value = rd_kafka_ConfigEntry_value(entry[e]);
      if (std::string_view(rd_kafka_ConfigEntry_name(entry[e])) != min_in_sync_setting || !value) continue;
      int number = 0;
      std::from_chars(value, value + std::string_view(value).size(), number);
      needed[rd_kafka_ConfigResource_name(resources[i])] = number;
    }
  }
  return needed;
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
  const auto handle = connect(options);
  if (!handle) return handle.error();
  const auto metadata = metadata_of(handle->get(), options, timeout);
  if (!metadata) return metadata.error();
  KafkaDiagnosis diagnosis;
  diagnosis.brokers = (*metadata)->broker_cnt;
  diagnosis.addresses = check_brokers(options, **metadata, timeout);
  std::vector<std::string> existing, missing;
  for (const std::string& name : topics) (find_topic(**metadata, name) ? existing : missing).push_back(name);
  const auto needed = in_sync_replicas_needed(handle->get(), existing, timeout);
  const auto refused = creation_errors(handle->get(), options, missing, timeout);
  for (const std::string& name : topics) {
    KafkaDiagnosis::Topic& topic = diagnosis.topics.emplace_back();
    topic.name = name;
    if (const auto* found = find_topic(**metadata, name)) {
      topic.partitions = found->partition_cnt;
      const auto minimum = needed.find(name);
      topic.writes_refused = why_writes_are_refused(*found, minimum == needed.end() ? 1 : minimum->second);
    } else if (!refused) {
      topic.creation_unknown = refused.error().message;
    } else if (const auto why = refused->find(name); why != refused->end()) {
      (why->second.code == ErrorCode::forbidden ? topic.creation_denied : topic.creation_unknown) = why->second.message;
    }
  }
  return diagnosis;
}

}  // namespace sagactl

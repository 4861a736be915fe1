#include "server/adapters/kafka/client/topics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "common/log.hpp"
#include "common/text/text.hpp"

namespace sagactl::kafka {
namespace {

struct DestroyNewTopic {
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, DestroyNewTopic>;

struct DestroyResource {
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
};
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t, DestroyResource>;

std::vector<std::string> missing_topics(const rd_kafka_metadata_t& known, const std::vector<std::string>& topics) {
  std::set<std::string> existing;
  for (int i = 0; i < known.topic_cnt; ++i) existing.insert(known.topics[i].topic);
  std::vector<std::string> missing;
  std::copy_if(topics.begin(), topics.end(), std::back_inserter(missing),
               [&](const std::string& topic) { return !existing.contains(topic); });
  return missing;
}

Error not_allowed(const KafkaOptions& options, const std::vector<std::string>& topics) {
  const bool one = topics.size() == 1;
  return Error{
      ErrorCode::forbidden,
      fmt::format("Kafka at {} has no topic{} {} (or hides {} from this client), and this client may not create "
                  "{}; have {} created with {} partitions{} (`sagactl topics list` shows them), or grant this "
                  "client the right to create topics",
                  options.brokers, one ? "" : "s", join(topics, ", "), one ? "it" : "them", one ? "it" : "them",
                  one ? "it" : "them", options.partitions, one ? "" : " each")};
}

enum class Creation : std::uint8_t { carry_out, validate_only };

Result<void> check_created(const rd_kafka_topic_result_t& created, const KafkaOptions& options, const TopicPlan& plan,
                           Creation creation) {
  const std::string topic = rd_kafka_topic_result_name(&created);
  const auto code = rd_kafka_topic_result_error(&created);
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      if (creation == Creation::carry_out)
        log_info("created topic", {{"topic", topic}, {"partitions", plan.partitions}});
      return {};
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:  // another node was faster
      return {};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return not_allowed(options, {topic});
    default: {
      Error error = error_of(code, options, "cannot create topic " + topic);
      if (const char* reason = rd_kafka_topic_result_error_string(&created))
        error.message += fmt::format(" ({})", reason);
      return error;
    }
  }
}

using Refused = std::map<std::string, Error>;  // by topic

// Which of them were refused, and why; an error when the brokers do not answer.
Result<Refused> ask_for_topics(rd_kafka_t* handle, const KafkaOptions& options, const std::vector<std::string>& topics,
                               const TopicPlan& plan, Duration timeout, Creation creation) {
  char reason[512];
  std::vector<NewTopic> owners;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const std::string& topic : topics) {
    owners.emplace_back(rd_kafka_NewTopic_new(topic.c_str(), plan.partitions, plan.replicas, reason, sizeof reason));
    if (!owners.back()) return Error{ErrorCode::invalid, fmt::format("topic {}: {}", topic, reason)};
    for (const auto& [name, value] : plan.settings)
      rd_kafka_NewTopic_set_config(owners.back().get(), name.c_str(), value.c_str());
    wanted.push_back(owners.back().get());
  }
  const NativeAdminOptions admin(rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(admin.get(), milliseconds(timeout), reason, sizeof reason);
  rd_kafka_AdminOptions_set_operation_timeout(admin.get(), milliseconds(timeout), reason, sizeof reason);
  rd_kafka_AdminOptions_set_validate_only(admin.get(), creation == Creation::validate_only ? 1 : 0, reason,
                                          sizeof reason);
  const NativeQueue queue(rd_kafka_queue_new(handle));
  rd_kafka_CreateTopics(handle, wanted.data(), wanted.size(), admin.get(), queue.get());
  const NativeEvent event(rd_kafka_queue_poll(queue.get(), milliseconds(timeout) + 1000));
  if (!event) return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, options, "cannot create topics");
  const auto code = rd_kafka_event_error(event.get());
  Refused refused;
  if (code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
    for (const std::string& topic : topics) refused.emplace(topic, not_allowed(options, {topic}));
    return refused;
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options, "cannot create topics");
  std::size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  const rd_kafka_topic_result_t** created = rd_kafka_CreateTopics_result_topics(result, &count);
  for (std::size_t i = 0; i < count; ++i)
    if (const auto checked = check_created(*created[i], options, plan, creation); !checked)
      refused.emplace(rd_kafka_topic_result_name(created[i]), checked.error());
  return refused;
}

TopicPlan plan_of(const KafkaOptions& options) {
  TopicPlan plan;
  plan.partitions = options.partitions;
  return plan;
}

}  // namespace

Result<void> ensure_topics(rd_kafka_t* handle, const KafkaOptions& options, const rd_kafka_metadata_t& known,
                           const std::vector<std::string>& topics, Duration timeout) {
  const auto missing = missing_topics(known, topics);
  if (missing.empty()) return {};
  const auto refused = create_topics(handle, options, missing, plan_of(options), timeout);
  if (!refused) return refused.error();
  std::vector<std::string> forbidden;
  for (const auto& [topic, error] : *refused)
    if (error.code == ErrorCode::forbidden) forbidden.push_back(topic);
  if (!forbidden.empty()) return not_allowed(options, forbidden);
  if (!refused->empty()) return refused->begin()->second;
  return {};
}

Result<std::map<std::string, Error>> creation_errors(rd_kafka_t* handle, const KafkaOptions& options,
                                                     const std::vector<std::string>& topics, Duration timeout) {
  if (topics.empty()) return Refused{};
  return ask_for_topics(handle, options, topics, plan_of(options), timeout, Creation::validate_only);
}

Result<std::map<std::string, Error>> create_topics(rd_kafka_t* handle, const KafkaOptions& options,
                                                   const std::vector<std::string>& topics, const TopicPlan& plan,
                                                   Duration timeout) {
  if (topics.empty()) return Refused{};
  return ask_for_topics(handle, options, topics, plan, timeout, Creation::carry_out);
}

int in_sync_needed(const TopicSettings& settings) {
  int needed = 1;
  if (const auto found = settings.find(min_in_sync_setting); found != settings.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), needed);
  return needed;
}

std::map<std::string, TopicSettings> settings_of(rd_kafka_t* handle, const std::vector<std::string>& topics,
                                                 Duration timeout) {
  std::map<std::string, TopicSettings> all;
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
    if (rd_kafka_ConfigResource_error(resources[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    TopicSettings& settings = all[rd_kafka_ConfigResource_name(resources[i])];
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(resources[i], &entries);
    for (std::size_t e = 0; e < entries; ++e)
      if (const char* value = rd_kafka_ConfigEntry_value(entry[e]))
        settings.emplace(rd_kafka_ConfigEntry_name(entry[e]), value);
  }
  return all;
}

const rd_kafka_metadata_topic_t* find_topic(const rd_kafka_metadata_t& metadata, const std::string& name) {
  for (int i = 0; i < metadata.topic_cnt; ++i)
    if (metadata.topics[i].topic == name) return &metadata.topics[i];
  return nullptr;
}

std::string why_writes_are_refused(const rd_kafka_metadata_topic_t& topic, const TopicSettings& settings) {
  const int needed = in_sync_needed(settings);
  for (int p = 0; p < topic.partition_cnt; ++p) {
    const rd_kafka_metadata_partition_t& partition = topic.partitions[p];
    if (partition.leader < 0) return fmt::format("partition {} has no leader", partition.id);
    if (partition.isr_cnt < needed)
      return fmt::format("partition {} has {} replica{} in sync, and {} is {}", partition.id, partition.isr_cnt,
                         partition.isr_cnt == 1 ? "" : "s", min_in_sync_setting, needed);
  }
  return {};
}

std::string why_writes_are_refused(rd_kafka_t* handle, const rd_kafka_metadata_t& known,
                                   const std::vector<std::string>& topics, Duration timeout) {
  const auto settings = settings_of(handle, topics, timeout);
  for (const std::string& name : topics) {
    const auto* topic = find_topic(known, name);
    const auto of_topic = settings.find(name);
    if (!topic) continue;
    const std::string why =
        why_writes_are_refused(*topic, of_topic == settings.end() ? TopicSettings{} : of_topic->second);
    if (!why.empty()) return fmt::format("topic {}: {}", name, why);
  }
  return {};
}

}  // namespace sagactl::kafka

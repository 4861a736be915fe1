// Checks for topics, and creates those that are missing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"

namespace sagactl::kafka {

// Creates those that are missing in what the brokers say of all topics. `unavailable` when no broker answers in time;
// `forbidden` when this client may not create some of them: the message names all of these and says how to create them
// by hand.
Result<void> ensure_topics(rd_kafka_t* handle, const KafkaOptions& options, const rd_kafka_metadata_t& known,
                           const std::vector<std::string>& topics, Duration timeout);

// Creates them; those that exist already count as created. Which of them were refused, and why; an error when the
// brokers do not answer.
Result<std::map<std::string, Error>> create_topics(rd_kafka_t* handle, const KafkaOptions& options,
                                                   const std::vector<std::string>& topics, const TopicPlan& plan,
                                                   Duration timeout);

// Which of them the brokers would not let this client create, and why; creates nothing. `forbidden`: it has no right
// to.
Result<std::map<std::string, Error>> creation_errors(rd_kafka_t* handle, const KafkaOptions& options,
                                                     const std::vector<std::string>& topics, Duration timeout);

// How many replicas have to be in sync for a message to be accepted.
inline constexpr const char* min_in_sync_setting = "min.insync.replicas";
using TopicSettings = std::map<std::string, std::string>;
int in_sync_needed(const TopicSettings& settings);

// All settings of each topic; without the topics whose settings this client has no right to see.
std::map<std::string, TopicSettings> settings_of(rd_kafka_t* handle, const std::vector<std::string>& topics,
                                                 Duration timeout);

// Null: there is no such topic.
const rd_kafka_metadata_topic_t* find_topic(const rd_kafka_metadata_t& metadata, const std::string& name);

// Why messages to a topic are refused until more of its brokers run; empty when they are not.
std::string why_writes_are_refused(const rd_kafka_metadata_topic_t& topic, const TopicSettings& settings);

// The same for the first of `topics` that refuses messages, with its name. `known` is what the brokers say of all.
std::string why_writes_are_refused(rd_kafka_t* handle, const rd_kafka_metadata_t& known,
                                   const std::vector<std::string>& topics, Duration timeout);

}  // namespace sagactl::kafka

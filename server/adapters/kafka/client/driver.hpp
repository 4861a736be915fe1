// librdkafka's objects with owners, and its errors as Errors. Only this adapter's sources include it.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/message.hpp"

namespace sagactl::kafka {

struct DestroyHandle {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
struct DestroyConf {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
struct DestroyMetadata {
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
struct DestroyAdminOptions {
  void operator()(rd_kafka_AdminOptions_t* options) const { rd_kafka_AdminOptions_destroy(options); }
};
struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DestroyEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};

using NativeHandle = std::unique_ptr<rd_kafka_t, DestroyHandle>;
using NativeConf = std::unique_ptr<rd_kafka_conf_t, DestroyConf>;
using NativePartitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;
using NativeMetadata = std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata>;
using NativeAdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, DestroyAdminOptions>;
using NativeMessage = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;
using NativeQueue = std::unique_ptr<rd_kafka_queue_t, DestroyQueue>;
using NativeEvent = std::unique_ptr<rd_kafka_event_t, DestroyEvent>;

using Setting = std::pair<const char*, std::string>;

// A configuration with the settings that all handles share, and `settings`. `opaque` is passed to callbacks.
Result<NativeConf> make_conf(const KafkaOptions& options, const std::vector<Setting>& settings, void* opaque);
Result<NativeHandle> make_handle(rd_kafka_type_t type, NativeConf conf);

// A consumer that joins no group and commits nothing: it reads the partitions that it is given. `purpose` is part of
// the name that librdkafka wants for a group all the same.
Result<NativeHandle> make_reader(const KafkaOptions& options, const std::string& purpose,
                                 std::vector<Setting> settings);

bool is_missing_right(rd_kafka_resp_err_t code);

// What failed, where and why: "cannot list the topics: Kafka at 10.0.0.1:9092: ...".
Error error_of(rd_kafka_resp_err_t code, const KafkaOptions& options, const std::string& what);

// What the brokers say of all topics: asking for one that does not exist would let a broker create it with its
// defaults.
Result<NativeMetadata> metadata_of_topics(rd_kafka_t* handle, const KafkaOptions& options, Duration timeout);

// The partitions of the topics. `not_found` when a topic does not exist.
struct PartitionId {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const PartitionId&, const PartitionId&) = default;
};
Result<std::vector<PartitionId>> partitions_of(rd_kafka_t* handle, const KafkaOptions& options,
                                               const std::vector<std::string>& topics, Duration timeout);
// The same in what the brokers have said of all topics.
Result<std::vector<PartitionId>> partitions_of(const rd_kafka_metadata_t& known, const KafkaOptions& options,
                                               const std::vector<std::string>& topics);

// The offset at which each of them ends, or begins. While a partition changes its leader, it is asked for again until
// `timeout` is over.
enum class OffsetSpec : std::int64_t { latest = -1, earliest = -2 };
Result<std::vector<std::int64_t>> list_offsets(rd_kafka_t* handle, const KafkaOptions& options,
                                               const std::vector<PartitionId>& partitions, OffsetSpec spec,
                                               Duration timeout);

Incoming incoming(const rd_kafka_message_t& message);

inline int milliseconds(Duration duration) {
  return static_cast<int>(duration.count() / 1000);
}

}  // namespace sagactl::kafka

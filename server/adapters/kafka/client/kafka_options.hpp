// Where Kafka is and how this program speaks to it.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/ports/partition_counts.hpp"

namespace sagactl {

struct KafkaOptions {
  std::string brokers;                // "host:port,host:port", as parse_brokers() gives it
  std::string client_id = "sagactl";  // how the brokers' logs and quotas know us
  std::string topic_prefix = {};      // before the name of every topic
  int partitions = 6;                 // of the topics that are made
  // Where it is written over how many partitions keys are spread; null: over as many as the topic has at the time.
  // It outlives whatever is made with these options.
  PartitionCounts* book = nullptr;
};

inline constexpr int kafka_port = 9092;

// A list of brokers as people write it: white space goes, a missing port is 9092. `invalid` names the entry that
// is wrong.
Result<std::string> parse_brokers(std::string_view text);

}  // namespace sagactl

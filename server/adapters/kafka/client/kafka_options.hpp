// Where Kafka is and how this program uses it.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/adapters/kafka/client/kafka_security.hpp"
#include "server/ports/partition_counts.hpp"

namespace sagactl {

struct KafkaOptions {
  std::string brokers;  // "host:port,host:port", as parse_brokers() returns it
  KafkaSecurity security = {};
  std::string client_id = "sagactl";  // in the brokers' logs and quotas
  std::string topic_prefix = {};      // before the name of every topic
  int partitions = 6;                 // of topics that it creates
  // The stored numbers of partitions over which keys are spread; null: over as many as the topic has at the time.
  // Outlives whatever uses these options.
  PartitionCounts* book = nullptr;
};

inline constexpr int kafka_port = 9092;

// A list of brokers as people write it: white space is removed, a missing port is 9092. `invalid` names the wrong
// entry.
Result<std::string> parse_brokers(std::string_view text);

}  // namespace sagactl

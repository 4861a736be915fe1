// Looks at a Kafka without changing anything: for `sagactl doctor`.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/kafka_options.hpp"

namespace sagactl {

struct KafkaCheck {
  struct Topic {
    std::string name;
    int partitions = 0;        // 0: it is not there
    bool may_be_made = false;  // when it is not there: the brokers would let this client make it
    std::string why;           // when not
  };
  int brokers = 0;
  std::vector<Topic> topics;  // those that a cluster uses
};

Result<KafkaCheck> check_kafka(const KafkaOptions& options, Duration patience);

}  // namespace sagactl

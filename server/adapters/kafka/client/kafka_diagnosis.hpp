// Looks at a Kafka without changing anything: for `sagactl doctor`.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {

struct KafkaDiagnosis {
  struct Broker {
    std::string address;  // as it was given, or as the brokers tell clients of themselves
    std::string failure;  // empty: it answers
  };
  struct Topic {
    std::string name;
    int partitions = 0;           // 0: it is not there
    std::string creation_denied;  // when it is not there: why the brokers would not let this client make it
    std::string creation_unknown;   // or why they do not say
    std::string writes_refused;    // when it is there: why messages to it are refused now
  };
  int brokers = 0;  // that belong to the cluster now
  std::vector<Broker> addresses;
  std::vector<Topic> topics;
};

// `unavailable` when no broker answers. Waits `patience` at most for each broker and each question.
Result<KafkaDiagnosis> diagnose_kafka(const KafkaOptions& options, const std::vector<std::string>& topics, Duration patience);

}  // namespace sagactl

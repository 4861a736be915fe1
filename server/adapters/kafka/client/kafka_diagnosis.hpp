// Whether a Kafka is fit for this program, found out without changing anything: for `sagactl doctor`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {

struct KafkaDiagnosis {
  struct Broker {
    std::string address;  // as it was given, or as the brokers advertise it
    std::string failure;  // empty: it answers
  };
  struct Topic {
    std::string name;
    int partitions = 0;        // 0: it does not exist, or this client may not see it
    int replicas = 0;          // of the partition that has the fewest
    int replicas_in_sync = 0;  // of the partition that has the fewest in sync
    // Those that matter here, such as cleanup.policy; empty when this client has no right to read them.
    std::map<std::string, std::string> settings;
    std::string creation_denied;   // when it does not exist: why the brokers would not let this client create it
    std::string creation_unknown;  // or why that is unknown
    std::string writes_refused;    // when it exists: why messages to it are refused now
    std::string unfit;             // when it exists: which of its settings loses messages that are needed, and why
  };
  int brokers = 0;  // of the cluster now
  std::vector<Broker> addresses;
  std::vector<Topic> topics;
};

// `unavailable` when no broker answers; `invalid` when they refuse the log-in or a certificate. Blocks for at most
// `timeout` for each broker and each request.
Result<KafkaDiagnosis> diagnose_kafka(const KafkaOptions& options, const std::vector<std::string>& topics,
                                      Duration timeout);

}  // namespace sagactl

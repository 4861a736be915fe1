// Topics of others than this program's nodes: looks for them, and creates those of a role on behalf of somebody who
// may, for `sagactl topics create`.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {

// How topics are created.
struct TopicPlan {
  int partitions = 6;
  int replicas = -1;                                               // of each partition; -1: the brokers' default
  std::vector<std::pair<std::string, std::string>> settings = {};  // such as retention.ms
};

// Which of them were refused, and why; those that exist already are left as they are. `unavailable` when no broker
// answers, `invalid` when they refuse the log-in or a certificate.
Result<std::map<std::string, Error>> create_topics(const KafkaOptions& options, const std::vector<std::string>& topics,
                                                   const TopicPlan& plan, Duration timeout);

// Creates nothing. `not_found` names a topic that does not exist; other errors as those of create_topics.
Result<void> find_topics(const KafkaOptions& options, const std::vector<std::string>& topics, Duration timeout);

}  // namespace sagactl

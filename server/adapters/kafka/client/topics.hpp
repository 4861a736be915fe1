// Checks for topics, and creates those that are missing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"

namespace sagactl::kafka {

// Creates those that are missing. `unavailable` when no broker answers in time; `forbidden` when this client may not
// create some of them: the message names all of these and says how to create them by hand.
Result<void> ensure_topics(rd_kafka_t* handle, const KafkaOptions& options, const std::vector<std::string>& topics,
                           Duration timeout);

// Creates them; those that exist already count as created. Which of them were refused, and why; an error when the
// brokers do not answer.
Result<std::map<std::string, Error>> create_topics(rd_kafka_t* handle, const KafkaOptions& options,
                                                   const std::vector<std::string>& topics, const TopicPlan& plan,
                                                   Duration timeout);

// Which of them the brokers would not let this client create, and why; creates nothing. `forbidden`: it has no right
// to.
Result<std::map<std::string, Error>> creation_errors(rd_kafka_t* handle, const KafkaOptions& options,
                                                     const std::vector<std::string>& topics, Duration timeout);

}  // namespace sagactl::kafka

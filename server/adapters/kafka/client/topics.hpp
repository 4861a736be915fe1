// The topics that a part needs: looked for, and made when they are missing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "server/adapters/kafka/client/driver.hpp"

namespace sagactl::kafka {

// Makes those that are missing. `unavailable` when no broker answers in time; `forbidden` when one is missing and
// this client may not make it: the message says which, all of them, and how to make them by hand.
Result<void> ensure_topics(rd_kafka_t* handle, const KafkaOptions& options, const std::vector<std::string>& topics,
                           Duration patience);

// Which of them the brokers would not let this client make, and why; makes nothing. `forbidden` for want of rights.
Result<std::map<std::string, Error>> which_topics_may_not_be_made(rd_kafka_t* handle, const KafkaOptions& options,
                                                                 const std::vector<std::string>& topics,
                                                                 Duration patience);

}  // namespace sagactl::kafka

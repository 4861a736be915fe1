// The topics that a part needs: looked for, and made when they are missing.
#pragma once

#include <string>
#include <vector>

#include "common/time.hpp"
#include "server/adapters/kafka/driver.hpp"

namespace sagactl::kafka {

// Makes those that are missing. `unavailable` when no broker answers in time; `forbidden` when one is missing and
// this client may not make it: the message says which, and how to make it by hand.
Result<void> ensure_topics(rd_kafka_t* handle, const KafkaOptions& options, const std::vector<std::string>& topics,
                           Duration patience);

// Whether the brokers would let this client make them; makes nothing.
Result<void> may_make_topics(rd_kafka_t* handle, const KafkaOptions& options,
                             const std::vector<std::string>& topics, Duration patience);

}  // namespace sagactl::kafka

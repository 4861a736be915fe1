// As an operator does with kafka-topics --alter.
#pragma once

#include <string>

#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl::kafka {

// Raises a topic's partitions to `count`, and waits until the brokers have them. `unavailable` when they do not.
Result<void> add_partitions(const KafkaOptions& options, const std::string& topic, std::size_t count);

}  // namespace sagactl::kafka

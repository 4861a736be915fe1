// Kafka for the journeys of a load test.
#pragma once

#include "loadgen/options.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {

// Topics are looked up, and never created.
StartKafka kafka_of_load_test(const KafkaOptions& options);

}  // namespace sagactl

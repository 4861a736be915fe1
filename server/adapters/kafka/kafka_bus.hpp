// A bus over Kafka: events go to the topics order-events, payment-events and saga-events, keyed by correlation id.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/ports/bus.hpp"

namespace sagactl {

// Makes the topics that are missing. `forbidden` when one is missing and this client may not make it. Brokers that
// do not answer are no error: publishing fails, and is worth trying again, until they do.
// Order: as handed over, per flow and topic. Subscribers get the events of all nodes that use these brokers.
// `topics_of_others`: what else this process will need, see ProducerOptions.
Result<std::unique_ptr<Bus>> make_kafka_bus(const KafkaOptions& options, std::vector<std::string> topics_of_others = {});

}  // namespace sagactl

// A bus over Kafka: events go to the topics order-events, payment-events and saga-events, keyed by correlation id.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/ports/bus.hpp"

namespace sagactl {

// Creates the topics that are missing. `forbidden` when this client may not create one. Brokers that do not answer are
// no error: until they do, publishing fails and may be retried. Events are published in the order in which they are
// passed, per flow and topic. Subscribers get the events of all nodes that use these brokers. `topics_of_others`: see
// ProducerOptions.
Result<std::unique_ptr<Bus>> make_kafka_bus(const KafkaOptions& options,
                                            std::vector<std::string> topics_of_others = {});

}  // namespace sagactl

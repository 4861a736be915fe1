// Looks at the messages of a Kafka cluster for people.
#pragma once

#include <memory>

#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/ports/message_browser.hpp"

namespace sagactl {

// Connects at the first call. Topics are named with the options' prefix.
std::unique_ptr<MessageBrowser> make_kafka_browser(KafkaOptions options);

}  // namespace sagactl

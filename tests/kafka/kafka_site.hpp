// Topics of a test's own in a real Kafka, and the messages in them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/message.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/tail.hpp"
#include "server/saga/event.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::kafka {

KafkaOptions site_options(const std::string& brokers);  // with a unique prefix

Event an_event(const NodeName& node, std::int64_t sequence, const std::string& correlation);

using sagactl::eventually;

// Records the messages of topics from now on.
class Recorder {
 public:
  Recorder(const KafkaOptions& options, std::vector<std::string> topics);
  std::vector<Incoming> messages() const;
  bool await(std::size_t count) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Incoming> messages_;
  std::unique_ptr<Tail> tail_;
};

// Sends and waits for the acknowledgement.
Result<void> send_all(Producer& producer, const std::vector<Outgoing>& messages);

}  // namespace sagactl::kafka

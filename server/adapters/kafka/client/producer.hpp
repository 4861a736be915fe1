// Sends messages, in order per topic and key, each acknowledged by all in-sync replicas. A thread of its own takes the
// acknowledgements, and recreates librdkafka's producer after a fatal error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/message.hpp"

namespace sagactl::kafka {

struct ProducerOptions {
  KafkaOptions kafka;
  std::vector<std::string> topics;  // created when they are missing
  // Those that the rest of the process needs: created at the start as well, so that one error names all that are
  // missing.
  std::vector<std::string> topics_of_others = {};
  // After this, a message that is not acknowledged fails. Zero: never; then the order holds whatever happens, and a
  // message that the broker can never accept makes all messages behind it be sent once more.
  Duration delivery_time{};
  // How long a message waits for others to share a request: a small request costs a broker as much as a large one.
  Duration linger = 40ms;
};

struct ProducerState {
  bool available = false;
  std::string error;               // why not
  std::uint64_t acknowledged = 0;  // messages
  std::uint64_t failed = 0;
};

class Producer {
 public:
  // `forbidden` when a topic is missing and this client may not create it. Brokers that do not answer are no error: the
  // producer is unavailable until they do.
  static Result<std::unique_ptr<Producer>> open(ProducerOptions options);
  virtual ~Producer() = default;  // waits a little for messages in flight; the rest fails

  using Done = std::function<void(Result<void>)>;
  // Sends the messages in this order. Calls `done` once, when all of them are acknowledged, or one has failed and the
  // others have their outcome: on the producer's thread, or before `send` returns when nothing was sent. After an error
  // all may be sent again: consumers that skip repeats (by sequence) see the same order. `unknown_outcome`: they may
  // have arrived. Any thread.
  virtual void send(std::span<const Outgoing> messages, Done done) = 0;

  virtual ProducerState state() const = 0;

  // Creates those of the topics that are missing. Errors as those of `open`, and `unavailable`. Blocks; any thread.
  virtual Result<void> ensure(const std::vector<std::string>& topics, Duration timeout) = 0;

  // Raises a fatal error: for tests.
  virtual void break_for_test() = 0;
};

}  // namespace sagactl::kafka

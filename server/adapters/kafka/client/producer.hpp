// Sends messages, in order per topic and key, each to be acknowledged by all replicas in step. One thread of its own
// takes the acknowledgements, and makes the connection anew when it is beyond repair.
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
  std::vector<std::string> topics;  // made when they are missing
  // What the rest of the process needs: made at the start as well, so that one message names all that are missing.
  std::vector<std::string> topics_of_others = {};
  // A message that is not acknowledged after so long is given up. Zero: never; then the order holds through
  // everything, and a message that can never be taken costs all that wait behind it another try.
  Duration delivery_time{};
  // How long a message waits for others to share its way: what a broker does for a few costs as much as for many.
  Duration linger = 40ms;
};

struct ProducerState {
  bool available = false;
  std::string error;                // why not
  std::uint64_t acknowledged = 0;   // messages
  std::uint64_t failed = 0;
};

class Producer {
 public:
  // `forbidden` when a topic is missing and may not be made. Brokers that do not answer are no error: the producer
  // is not available until they do.
  static Result<std::unique_ptr<Producer>> open(ProducerOptions options);
  virtual ~Producer() = default;  // waits a little for what is under way; the rest fails

  using Done = std::function<void(Result<void>)>;
  // Takes the messages in this order. `done` is called exactly once, when all of them are acknowledged or one has
  // failed and the others are settled: on the producer's thread, or before `send` returns when nothing is under
  // way. After an error all may be sent again: a reader that passes over what it has seen (by sequence) finds
  // the order unbroken. `unknown_outcome`: they may have arrived. Any thread.
  virtual void send(std::span<const Outgoing> messages, Done done) = 0;

  virtual ProducerState state() const = 0;

  // Breaks the connection as an error beyond repair would: for tests.
  virtual void break_for_test() = 0;
};

}  // namespace sagactl::kafka

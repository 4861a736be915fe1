// Messages that could not be understood, kept in `<topic>.dead-letter` with the reason, to be inspected and redelivered
// or discarded. A marker in the same topic says that one was: nothing is ever removed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/message.hpp"

namespace sagactl::kafka {

std::string dead_letter_topic(const std::string& topic);

// The message for the dead-letter topic: unchanged, with headers for the reason, its position, and the time. Of a value
// of more than 512 KB, which a broker might not take, only the beginning, with its size in a header.
Outgoing to_dead_letter(const Incoming& message, const std::string& reason, Timestamp now);

struct DeadLetter {
  Incoming message;  // in the dead-letter topic
  std::string reason;
  std::string topic;  // where it came from
  std::string partition, offset;
  std::string at;  // when it was put there

  std::string id() const;  // "partition:offset" in the dead-letter topic, for people
};

// Those of `topic` that were neither redelivered nor discarded, in the order of partition and offset; at most `limit`.
// `not_found` when there is no such topic.
Result<std::vector<DeadLetter>> list_dead_letters(const KafkaOptions& options, const std::string& topic,
                                                  std::size_t limit, Duration timeout);

// Sends each to its topic again, unchanged, and marks it. Calls `each` for every one, in order. A crash between the two
// sends it twice: consumers skip repeats by the message's id.
Result<void> redeliver(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration timeout,
                       const std::function<void(const DeadLetter&, const Result<void>&)>& each);

// Marks each as discarded. It stays in the topic for as long as the topic retains its messages.
Result<void> discard(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration timeout,
                     const std::function<void(const DeadLetter&, const Result<void>&)>& each);

}  // namespace sagactl::kafka

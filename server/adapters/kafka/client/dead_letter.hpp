// Messages that nobody understood, kept in `<topic>.dead-letter` with the reason, to be looked at and to be delivered
// again, or given up. What was dealt with is marked there: nothing is ever taken out.
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

// The message as it goes to the dead letters: as it was, and why, where it stood, and when it was given up.
Outgoing to_dead_letter(const Incoming& message, const std::string& reason, Timestamp now);

struct DeadLetter {
  Incoming message;  // as it stands among the dead letters
  std::string reason;
  std::string topic;  // where it came from
  std::string partition, offset;
  std::string at;  // when it was given up

  std::string id() const;  // "partition:offset" among the dead letters: what a person names it by
};

// Those of `topic` that were neither delivered again nor discarded, in the order of partition and offset; at most
// `limit`. `not_found` when there is no such topic.
Result<std::vector<DeadLetter>> list_dead_letters(const KafkaOptions& options, const std::string& topic,
                                                  std::size_t limit, Duration patience);

// Sends each to its topic again, as it was, and marks it. `each` is told of every one, in order. A crash between
// the two sends it twice: whoever reads tells repeats by the message's id.
Result<void> redeliver(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration patience,
                       const std::function<void(const DeadLetter&, const Result<void>&)>& each);

// Marks each as nothing that waits any more. It stays where it is for as long as the topic keeps its messages.
Result<void> discard(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration patience,
                     const std::function<void(const DeadLetter&, const Result<void>&)>& each);

}  // namespace sagactl::kafka

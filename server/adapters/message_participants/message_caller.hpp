// Asks participants of users' sagas by message, over Kafka. docs/remote-participants.md
//
// An answer is read from the participant's topic of answers, whichever node it was meant for when it does not say so,
// and given on with the call that it names. Its offset is committed once its effect is durable. What is kept in memory
// of a call only limits how many are in progress, and reports the call that nobody answered in time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/consumer_progress.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl {

struct MessageCallerOptions {
  KafkaOptions kafka;
  std::string node;                  // its name: answers to other nodes are skipped
  std::vector<std::string> topics;   // in which it may ask: see AllowedTopics
  std::size_t waiting_max = 10'000;  // calls that wait for one participant; more are answered at once
};

// `done` is called once: without an error when the effect is durable or there is none, with `invalid` or `not_found`
// when the answer can never be understood, with any other error when it has to come again.
using TakeMessageAnswer = std::function<void(MessageAnswer answer, std::function<void(Result<void>)> done)>;

// Any thread. Destroying it answers every call that is in progress; no `done` is called afterwards, and no answer
// taken.
class MessageCaller : public ParticipantCaller {
 public:
  // Where answers go. Before the first call.
  virtual void set_take(TakeMessageAnswer take) = 0;
};

// `clock` outlives it. `invalid` names the entry of `topics` that is none; errors of Kafka as those of Producer::open.
Result<std::unique_ptr<MessageCaller>> make_message_caller(const MessageCallerOptions& options, Clock& clock);

}  // namespace sagactl

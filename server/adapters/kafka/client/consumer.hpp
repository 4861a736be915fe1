// Reads topics as a member of a consumer group, or whole, for effects: a message's offset is committed only when its
// effect is durable. Repeats are skipped, a message that can never be understood goes to its topic's dead letters, and
// while something that effects need is unavailable, reading is paused.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/message.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/consumer_progress.hpp"

namespace sagactl::kafka {

struct ConsumerOptions {
  KafkaOptions kafka;
  std::string group;
  std::vector<std::string> topics;  // with their prefix; they and their dead-letter topics are created when missing
  std::string id_header = event_id_header;  // the header that identifies repeats; empty: all are handled
  std::size_t in_flight_max = 5'000;        // messages whose effect is not durable yet
  Duration retry_after = 500ms;             // of a message whose result was RetryLater
  // It reads every partition of its topics, whoever else has the group's name, under which it only keeps its offsets.
  // What was in a topic before the group read it for the first time is left out. Topics are added while it runs.
  bool takes_all = false;
};

// The result of handling a message.
struct Handled {};  // its effect is durable, or there is none
struct Poison {     // it can never be understood
  std::string reason;
};
struct RetryLater {  // something that its effect needs is unavailable
  std::string reason;
};
using HandlingResult = std::variant<Handled, Poison, RetryLater>;

// Of a message that was handed on. A message that led to a `bug` would do so again, and hold up those behind it: as one
// that is `invalid` or of something that is `not_found`, it is kept as a dead letter.
HandlingResult handling_result(const Result<void>& taken);

struct ConsumerState {
  bool reading = false;      // it has its assignment, which may be empty
  std::string pause_reason;  // why reading is paused; empty: it is not
  ConsumerProgress progress;
};

class Consumer {
 public:
  // Called on the consumer's thread, in order within a partition; calls `done` once, from any thread, perhaps before it
  // returns. After `RetryLater` the same message comes again. So does a message whose effect was durable when the
  // process ended while its offset was not committed: effects must be idempotent.
  using Done = std::function<void(HandlingResult)>;
  using Handler = std::function<void(const std::shared_ptr<const Incoming>&, Done done)>;

  // Errors as those of Producer::open.
  static Result<std::unique_ptr<Consumer>> start(ConsumerOptions options, Clock& clock, Handler handler);
  // Commits what is durable. The handler is not called afterwards; a late `done` does nothing.
  virtual ~Consumer() = default;

  virtual ConsumerState state() const = 0;

  // Of one that takes all. Creates the topic, its dead-letter topic and those `beside` it when they are missing, and
  // reads the topic from then on. Calls `done` once, on the consumer's thread or when the consumer ends: without an
  // error, whatever is sent from now on is read. Errors as those of Producer::open, and `unavailable`: ask again. A
  // topic that is read already is no error. Any thread.
  virtual void add(std::string topic, std::vector<std::string> beside, std::function<void(Result<void>)> done) = 0;
};

}  // namespace sagactl::kafka

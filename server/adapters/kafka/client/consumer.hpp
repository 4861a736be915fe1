// Reads topics as a member of a consumer group, for effects: a message counts as read only when its effect is
// durable. A message seen before is passed over, one that can never be understood goes to its topic's dead letters,
// and while what an effect needs is away nothing more is read.
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
  std::vector<std::string> topics;  // with their prefix; they and their dead letters' are made when missing
  std::string id_header = event_id_header;  // which header tells repeats; empty: all are handled
  std::size_t under_way_max = 5'000;        // messages whose effect is not durable yet
  Duration retry_after = 500ms;             // while what an effect needs is away
};

// What became of a message.
struct Effected {};  // durable, or nothing to do
struct Poison {      // it will never be understood
  std::string reason;
};
struct Later {  // something that its effect needs is away
  std::string reason;
};
using Verdict = std::variant<Effected, Poison, Later>;

struct ConsumerState {
  bool reading = false;     // it has partitions, or has been told that there are none for it
  std::string waiting_for;  // why it reads nothing now
  ConsumerProgress progress;
};

class Consumer {
 public:
  // `handle` is called on the consumer's thread, in order within a partition; its `done` once, from any thread,
  // perhaps before it returns. After `Later` the same message comes again. A message whose effect was durable when
  // the process ended, but not yet committed, comes again too: the effect has to be idempotent.
  using Done = std::function<void(Verdict)>;
  using Handle = std::function<void(const std::shared_ptr<const Incoming>&, Done done)>;

  // Errors as those of Producer::open.
  static Result<std::unique_ptr<Consumer>> start(ConsumerOptions options, Clock& clock, Handle handle);
  // Commits what is durable. No call of `handle` is under way afterwards; a late `done` does nothing.
  virtual ~Consumer() = default;

  virtual ConsumerState state() const = 0;
};

}  // namespace sagactl::kafka

// Reads all partitions of topics from their end on, on a thread of its own. Partitions that are added are found within
// seconds and read from their beginning. It is in no consumer group: every tail gets every message, and no offsets are
// stored.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/message.hpp"

namespace sagactl::kafka {

class Tail {
 public:
  using Receive = std::function<void(const Incoming&)>;
  using EndOffsets = std::map<std::pair<std::string, std::int32_t>, std::int64_t>;

  // Returns when the end offsets are known, so that whatever is sent afterwards is received; or after `timeout`, and
  // then starts when the brokers answer: `started_late` is called, if there is one, before what is received then.
  static Result<std::unique_ptr<Tail>> start(const KafkaOptions& options, std::vector<std::string> topics,
                                             Receive receive, Duration timeout,
                                             std::function<void()> started_late = nullptr);
  virtual ~Tail() = default;

  // By topic and partition, as of now; empty when the brokers do not answer in time.
  virtual EndOffsets end_offsets(Duration timeout) = 0;

  // Whether the end offsets are known, so that whatever is sent from now on is received.
  virtual bool is_reading() const = 0;

  // Stops reading soon. May be called by `receive`.
  virtual void stop() = 0;
  virtual bool stopping() const = 0;
};

}  // namespace sagactl::kafka

// Reads topics from their end on, all partitions of them, on a thread of its own. Partitions that are added are found
// within seconds and read from their beginning. It belongs to no consumer group:
// every tail sees every message, and nothing is remembered of how far it came.
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
  using Ends = std::map<std::pair<std::string, std::int32_t>, std::int64_t>;

  // Returns when the ends are known, so that whatever is sent afterwards is received; or after `patience`, and then
  // begins when the brokers answer.
  static Result<std::unique_ptr<Tail>> start(const KafkaOptions& options, std::vector<std::string> topics,
                                             Receive receive, Duration patience);
  virtual ~Tail() = default;

  // Where the topics end now, by topic and partition; empty when the brokers do not say in time.
  virtual Ends ends(Duration patience) = 0;

  // Ends the reading soon; also from within `receive`.
  virtual void stop() = 0;
  virtual bool stopping() const = 0;
};

}  // namespace sagactl::kafka

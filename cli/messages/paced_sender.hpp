// Sends messages at a rate, and waits until they are acknowledged.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/producer.hpp"

namespace sagactl::kafka {

class PacedSender {
 public:
  // At most `rate` messages per second. The producer outlives it.
  PacedSender(Producer& producer, double rate, std::stop_token stop);

  // Blocks. False: `stop` was requested, or a message was not acknowledged; result() says why.
  bool send(std::span<const Outgoing> messages);

  std::int64_t sent() const { return sent_; }  // messages that were acknowledged
  const Result<void>& result() const { return result_; }

 private:
  bool await_turn();
  bool send_batch(std::span<const Outgoing> messages);

  Producer& producer_;
  const double rate_;
  const std::stop_token stop_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::int64_t sent_ = 0;
  Result<void> result_;
};

}  // namespace sagactl::kafka

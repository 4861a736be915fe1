// Single accepted orders of a running load test, for a caller that follows them. While nobody waits for one, it costs
// the workers a relaxed load per accepted request.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "common/time.hpp"
#include "loadgen/ledger/ledger_entry.hpp"

namespace sagactl {

class AcceptedSample {
 public:
  struct Order {
    std::string id;  // as the server wrote it
    Timestamp sent;
  };

  // From any worker.
  void offer(const LedgerEntry& entry) {
    if (wanted_.load(std::memory_order_relaxed) && !entry.order.is_nil()) give(entry);
  }

  // The next order that is accepted, waiting at most `wait`; none when none came or `stop` was requested.
  std::optional<Order> next(Duration wait, const std::stop_token& stop);

 private:
  void give(const LedgerEntry& entry);

  std::atomic<bool> wanted_{false};
  std::mutex mutex_;
  std::condition_variable_any given_;
  std::optional<Order> order_;
};

}  // namespace sagactl

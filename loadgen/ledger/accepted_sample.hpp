// Single accepted orders of a running load test, for a caller that follows them. While nobody waits for one, it costs
// the workers a relaxed load per accepted request.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "common/time.hpp"
#include "httpclient/http_message.hpp"
#include "loadgen/ledger/ledger_entry.hpp"

namespace sagactl {

class AcceptedSample {
 public:
  struct Order {
    std::string id;  // as the server wrote it
    Timestamp sent;
    HttpHeaders headers = {};  // what the log-in of its user gave
  };
  // By user, the headers that its log-in gave.
  using UserHeaders = std::function<HttpHeaders(std::size_t user)>;

  // For the orders that next() returns from now on; null: none.
  void set_user_headers(UserHeaders headers);

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
  std::size_t user_ = 0;  // of the order
  UserHeaders user_headers_;
};

}  // namespace sagactl

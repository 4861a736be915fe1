// The threads on which a node reads its database, so that no read ever holds up the I/O thread.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <type_traits>
#include <utility>

#include "server/http/workers.hpp"

namespace sagactl::api {

class Readers {
 public:
  explicit Readers(http::Workers::Options options)
      : threads_(options.threads), workers_(std::move(options)) {}

  // As Workers::run: `read` returns a Result, on one of the threads; `busy` when too many wait.
  template <class Read>
  boost::asio::awaitable<std::invoke_result_t<Read&>> run(Read read) {
    auto counted = [this, inner = std::move(read)]() mutable {
      const Busy busy(active_);
      return inner();
    };
    co_return co_await workers_.run(std::move(counted));
  }

  int active() const { return active_.load(std::memory_order_relaxed); }
  std::size_t threads() const { return threads_; }

 private:
  struct Busy {
    explicit Busy(std::atomic<int>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
    ~Busy() { count_.fetch_sub(1, std::memory_order_relaxed); }
    std::atomic<int>& count_;
  };

  const std::size_t threads_;
  std::atomic<int> active_{0};
  http::Workers workers_;
};

}  // namespace sagactl::api

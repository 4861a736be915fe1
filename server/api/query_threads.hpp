// The threads on which a node reads its database, so that no read ever holds up the I/O thread.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <type_traits>
#include <utility>

#include "server/http/workers.hpp"

namespace sagactl::api {

class QueryThreads {
  template <class Read>
  auto count(Read read) {
    return [this, inner = std::move(read)]() mutable {
      const Busy busy(active_);
      return inner();
    };
  }

 public:
  // `options.threads` look things up, and one more makes lists: however many are asked for, what is looked up does not
  // wait for them.
  explicit QueryThreads(http::Workers::Options options)
      : threads_(options.threads + 1),
        lists_({options.name + " for lists", 1, options.queue_max}),
        workers_(std::move(options)) {}

  // As Workers::run: `read` returns a Result, on one of the threads; `busy` when too many wait.
  template <class Read>
  boost::asio::awaitable<std::invoke_result_t<Read&>> run(Read read) {
    auto counted = count(std::move(read));
    co_return co_await workers_.run(std::move(counted));
  }
  // The same for what may look at much of what is stored, but for a list that `is_short`: the ones of a customer.
  template <class Read>
  boost::asio::awaitable<std::invoke_result_t<Read&>> list(Read read, bool is_short = false) {
    auto counted = count(std::move(read));
    http::Workers& workers = is_short ? workers_ : lists_;
    co_return co_await workers.run(std::move(counted));
  }
  // On one of the threads; false when too many wait.
  bool post(std::function<void()> read) { return workers_.post(count(std::move(read))); }

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
  http::Workers lists_, workers_;
};

}  // namespace sagactl::api

// The threads on which a node reads its database, so that no read blocks the I/O thread.
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
  auto counted(Read read) {
    return [this, inner = std::move(read)]() mutable {
      const ActiveRead active(active_);
      return inner();
    };
  }

 public:
  // `options.threads` for lookups, and one more for lists, so that lookups never wait behind lists.
  explicit QueryThreads(http::Workers::Options options)
      : threads_(options.threads + 1),
        lists_({options.name + " (lists)", 1, options.queue_max}),
        lookups_(std::move(options)) {}

  // As Workers::run: `read` returns a Result, on one of the threads; `busy` when the queue is full.
  template <class Read>
  boost::asio::awaitable<std::invoke_result_t<Read&>> run(Read read) {
    auto work = counted(std::move(read));
    co_return co_await lookups_.run(std::move(work));
  }
  // The same for lists, which may scan much of the database. One that `is_short`, such as those of one customer, counts
  // as a lookup.
  template <class Read>
  boost::asio::awaitable<std::invoke_result_t<Read&>> list(Read read, bool is_short = false) {
    auto work = counted(std::move(read));
    http::Workers& workers = is_short ? lookups_ : lists_;
    co_return co_await workers.run(std::move(work));
  }
  // Queues a lookup without waiting for it; false when the queue is full.
  bool post(std::function<void()> read) { return lookups_.post(counted(std::move(read))); }

  int active() const { return active_.load(std::memory_order_relaxed); }
  std::size_t threads() const { return threads_; }

 private:
  struct ActiveRead {
    explicit ActiveRead(std::atomic<int>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
    ~ActiveRead() { count_.fetch_sub(1, std::memory_order_relaxed); }
    std::atomic<int>& count_;
  };

  const std::size_t threads_;
  std::atomic<int> active_{0};
  http::Workers lists_, lookups_;
};

}  // namespace sagactl::api

// A database read that any number of clients may request, coalesced: at most one is running, and its result goes to all
// who asked before it started. So its cost does not depend on how many ask.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/api/query_threads.hpp"
#include "server/http/await.hpp"
#include "server/http/workers.hpp"

namespace sagactl::api {

template <class T>
class SharedRead {
 public:
  // `read` is called on one of the threads of `query_threads`, which it outlives.
  SharedRead(QueryThreads& query_threads, std::function<Result<T>()> read)
      : coalescer_(std::make_shared<Coalescer>(query_threads, std::move(read))) {}

  // The result of a read that started after this call; `busy` when too many reads are queued. What it throws is
  // rethrown in all who wait for it.
  boost::asio::awaitable<Result<T>> run() {
    auto start = [coalescer = coalescer_](Done done) { coalescer->add(std::move(done)); };
    Outcome outcome = co_await http::await_callback<Outcome>(std::move(start));
    co_return std::move(outcome).take();
  }

 private:
  using Outcome = http::WorkOutcome<Result<T>>;
  using Done = std::function<void(Outcome)>;

  struct Coalescer : std::enable_shared_from_this<Coalescer> {
    Coalescer(QueryThreads& threads, std::function<Result<T>()> function)
        : query_threads(threads), read(std::move(function)) {}

    void add(Done done) {
      {
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(done));
        if (std::exchange(is_running, true)) return;
      }
      schedule();
    }

    void schedule() {
      if (query_threads.post([self = this->shared_from_this()] { self->run(); })) return;
      complete(cancel(), Outcome::of_error({ErrorCode::busy, "too many database reads are queued; try again"}));
    }

    void run() {
      std::vector<Done> served;
      {
        const std::lock_guard lock(mutex);
        served.swap(waiting);
      }
      complete(std::move(served), Outcome::of(read));
      {
        const std::lock_guard lock(mutex);
        is_running = !waiting.empty();
        if (!is_running) return;
      }
      schedule();  // behind the reads of others
    }

    std::vector<Done> cancel() {
      const std::lock_guard lock(mutex);
      is_running = false;
      return std::exchange(waiting, {});
    }

    static void complete(std::vector<Done> served, const Outcome& outcome) {
      for (const Done& done : served) done(outcome);
    }

    QueryThreads& query_threads;
    const std::function<Result<T>()> read;
    std::mutex mutex;
    std::vector<Done> waiting;
    bool is_running = false;
  };

  std::shared_ptr<Coalescer> coalescer_;
};

}  // namespace sagactl::api

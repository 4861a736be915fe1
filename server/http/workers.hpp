// A thread pool with a bounded queue, for blocking work (database reads, password hashing).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/http/await.hpp"

namespace sagactl::http {

class Workers {
 public:
  struct Options {
    std::string name;  // for errors and logs
    std::size_t threads = 1;
    std::size_t queue_max = 256;
    std::size_t lane_max = std::numeric_limits<std::size_t>::max();  // of the queue, in one lane
  };
  explicit Workers(Options options);
  // Completes the queued work, then joins.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Queues work; false when the queue or the lane is full, or the workers are stopping. Lanes are served in turn (round
  // robin), so that a long queue in one does not delay the others. Any thread.
  bool post(std::function<void()> work, const std::string& lane = {});

  // Runs `work`, a function that returns a Result, on one of the threads, and resumes the caller on its own executor
  // with that result; `busy` at once when the queue is full. An exception is rethrown in the caller.
  //
  //   auto read = [&store, id] { return store.find(id); };
  //   Result<Order> order = co_await workers.run(std::move(read));
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work&>> run(Work work, std::string lane = {}) {
    using R = std::invoke_result_t<Work&>;
    struct WorkOutcome {
      std::optional<R> result;
      std::exception_ptr thrown;
    };
    auto start = [this, shared = std::make_shared<Work>(std::move(work)),
                  lane = std::move(lane)](std::function<void(WorkOutcome)> done) {
      auto job = [shared, done] {
        WorkOutcome outcome;
        try {
          outcome.result.emplace((*shared)());
        } catch (...) {
          outcome.thrown = std::current_exception();
        }
        done(std::move(outcome));
      };
      if (post(std::move(job), lane)) return;
      WorkOutcome full;
      full.result.emplace(busy());
      done(std::move(full));
    };
    WorkOutcome outcome = co_await await_callback<WorkOutcome>(std::move(start));
    if (outcome.thrown) std::rethrow_exception(outcome.thrown);
    co_return std::move(*outcome.result);
  }

 private:
  Error busy() const;
  void work();
  std::function<void()> take();

  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  // Lanes with queued work by name, and the order in which they are served.
  std::unordered_map<std::string, std::deque<std::function<void()>>> lanes_;
  std::deque<std::string> turns_;
  std::size_t queued_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sagactl::http

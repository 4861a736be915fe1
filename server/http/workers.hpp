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

// What work returned, or threw, on another thread.
template <class R>
class WorkOutcome {
 public:
  template <class Work>
  static WorkOutcome of(Work& work) {
    WorkOutcome outcome;
    try {
      outcome.result_.emplace(work());
    } catch (...) {
      outcome.thrown_ = std::current_exception();
    }
    return outcome;
  }
  static WorkOutcome of_error(Error error) {
    WorkOutcome outcome;
    outcome.result_.emplace(std::move(error));
    return outcome;
  }

  // Rethrows what was thrown.
  R take() && {
    if (thrown_) std::rethrow_exception(thrown_);
    return std::move(*result_);
  }

 private:
  std::optional<R> result_;
  std::exception_ptr thrown_;
};

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
    using Outcome = WorkOutcome<R>;
    auto start = [this, shared = std::make_shared<Work>(std::move(work)),
                  lane = std::move(lane)](std::function<void(Outcome)> done) {
      auto job = [shared, done] { done(Outcome::of(*shared)); };
      if (!post(std::move(job), lane)) done(Outcome::of_error(busy()));
    };
    Outcome outcome = co_await await_callback<Outcome>(std::move(start));
    co_return std::move(outcome).take();
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

// Messages that were sent together: counts their outcomes, and has one result for all.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>

#include "common/result.hpp"

namespace sagactl::kafka {

// Calls `done` and deletes itself when every message has its outcome and the sender has released it. Any thread.
class Delivery {
 public:
  static Delivery* of(std::size_t messages, std::function<void(Result<void>)> done) {
    return new Delivery(messages, std::move(done));
  }

  void acknowledge() { settle(1); }
  void fail(Error error) {
    record(std::move(error));
    settle(1);
  }
  // The last `count` messages were never sent.
  void refuse(std::size_t count, Error error) {
    record(std::move(error));
    settle(count);
  }
  void release() { settle(1); }

 private:
  Delivery(std::size_t messages, std::function<void(Result<void>)> done)
      : left_(messages + 1), done_(std::move(done)) {}

  // The first error counts, unless a later one leaves the outcome unknown.
  void record(Error error) {
    const std::lock_guard lock(mutex_);
    if (result_ || error.code == ErrorCode::unknown_outcome) result_ = std::move(error);
  }

  void settle(std::size_t count) {
    if (left_.fetch_sub(count) != count) return;
    const auto done = std::move(done_);
    const Result<void> result = std::move(result_);
    delete this;
    done(result);
  }

  std::atomic<std::size_t> left_;
  std::function<void(Result<void>)> done_;
  std::mutex mutex_;
  Result<void> result_;
};

}  // namespace sagactl::kafka

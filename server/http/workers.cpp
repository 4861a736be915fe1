#include "server/http/workers.hpp"

#include <algorithm>

#include "common/log.hpp"

namespace sagactl::http {

Workers::Workers(Options options) : options_(std::move(options)) {
  const std::size_t count = std::max<std::size_t>(options_.threads, 1);
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Workers::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= options_.queue_max) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

Error Workers::busy() const {
  return {ErrorCode::busy, options_.name + ": more work is waiting than can be done soon (" +
                               std::to_string(options_.queue_max) + " pieces); try again in a second"};
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::function<void()> next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    try {
      next();
    } catch (const std::exception& thrown) {
      log_error("work on a thread failed", {{"workers", options_.name}, {"why", thrown.what()}});
    }
    next = nullptr;  // what it holds is let go outside the lock
    lock.lock();
  }
}

}  // namespace sagactl::http

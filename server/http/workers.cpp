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

bool Workers::post(std::function<void()> work, const std::string& lane) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queued_ >= options_.queue_max) return false;
    std::deque<std::function<void()>>& queue = lanes_[lane];
    if (queue.size() >= options_.lane_max) return false;
    if (queue.empty()) turns_.push_back(lane);
    queue.push_back(std::move(work));
    ++queued_;
  }
  wake_.notify_one();
  return true;
}

Error Workers::busy() const {
  return {ErrorCode::busy, options_.name + ": the queue is full; try again in a second"};
}

// The first of the next lane, which is then the last in the order.
std::function<void()> Workers::take() {
  std::string lane = std::move(turns_.front());
  turns_.pop_front();
  const auto found = lanes_.find(lane);
  std::function<void()> next = std::move(found->second.front());
  found->second.pop_front();
  --queued_;
  if (found->second.empty())
    lanes_.erase(found);
  else
    turns_.push_back(std::move(lane));
  return next;
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || queued_ > 0; });
    if (queued_ == 0) return;
    std::function<void()> next = take();
    lock.unlock();
    try {
      next();
    } catch (const std::exception& thrown) {
      log_error("work failed with an exception", {{"workers", options_.name}, {"why", thrown.what()}});
    }
    next = nullptr;  // destroys its captures outside the lock
    lock.lock();
  }
}

}  // namespace sagactl::http

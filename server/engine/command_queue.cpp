#include "server/engine/command_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sagactl {

void CommandQueue::on_work(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  on_work_ = std::move(wake);
}

void CommandQueue::wake() {
  const std::lock_guard lock(mutex_);
  if (on_work_) on_work_();
}

void CommandQueue::wake_for_each(bool each) {
  const std::lock_guard lock(mutex_);
  wakes_for_each_ = each;
}

void CommandQueue::put(Command command, Completion done) {
  std::unique_lock lock(mutex_);
  const bool closed = closed_;
  if (!closed && (!done || queue_.size() < max_)) {
    queue_.push_back({std::move(command), std::move(done), 0});
    // With the lock held: once on_work() has replaced the function, no thread is calling it.
    if ((wakes_for_each_ || queue_.size() == 1 || queue_.size() == full_) && on_work_) on_work_();
    return;
  }
  lock.unlock();
  if (!done) return;
  if (closed)
    done(Error{ErrorCode::unavailable, "this node is stopping"});
  else
    done(Error{ErrorCode::busy, "too many commands are queued on this node; try again later"});
}

void CommandQueue::put_internal(Command command) {
  const std::lock_guard lock(mutex_);
  queue_.push_back({std::move(command), nullptr, 0});
}

std::vector<QueuedCommand> CommandQueue::take(std::size_t max) {
  const std::lock_guard lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), max));
  std::vector<QueuedCommand> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void CommandQueue::put_back(std::vector<QueuedCommand> taken) {
  const std::lock_guard lock(mutex_);
  queue_.insert(queue_.begin(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
}

std::deque<QueuedCommand> CommandQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return std::exchange(queue_, {});
}

std::size_t CommandQueue::size() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

}  // namespace sagactl

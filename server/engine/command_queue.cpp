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
  if (!closed && (!done || queue_.size() < max_)) return add({std::move(command), std::move(done)});
  lock.unlock();
  if (!done) return;
  if (closed)
    done(Error{ErrorCode::unavailable, "this node is stopping"});
  else
    done(Error{ErrorCode::busy, "too many commands are queued on this node; try again later"});
}

void CommandQueue::put_unawaited(Command command) {
  const std::lock_guard lock(mutex_);
  if (!closed_) add({.command = std::move(command), .done = nullptr, .is_awaited = false});
}

// With the lock held: once on_work() has replaced the function, no thread is calling it.
void CommandQueue::add(QueuedCommand queued) {
  const bool is_first_awaited = queued.is_awaited && awaited_++ == 0;
  queue_.push_back(std::move(queued));
  if ((wakes_for_each_ || is_first_awaited || queue_.size() == 1 || queue_.size() == full_) && on_work_) on_work_();
}

void CommandQueue::put_internal(Command command) {
  const std::lock_guard lock(mutex_);
  queue_.push_back({.command = std::move(command), .done = nullptr, .is_awaited = false});
}

std::vector<QueuedCommand> CommandQueue::take(std::size_t max) {
  const std::lock_guard lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), max));
  std::vector<QueuedCommand> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  for (const QueuedCommand& queued : batch) awaited_ -= queued.is_awaited;
  return batch;
}

void CommandQueue::put_back(std::vector<QueuedCommand> taken) {
  const std::lock_guard lock(mutex_);
  for (const QueuedCommand& queued : taken) awaited_ += queued.is_awaited;
  queue_.insert(queue_.begin(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
}

std::deque<QueuedCommand> CommandQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  awaited_ = 0;
  return std::exchange(queue_, {});
}

std::size_t CommandQueue::size() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

bool CommandQueue::has_awaited() const {
  const std::lock_guard lock(mutex_);
  return awaited_ > 0;
}

}  // namespace sagactl

#include "server/adapters/redis/event_loop.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/result.hpp"

namespace sagactl::redis {
namespace {

constexpr std::chrono::milliseconds wait_max{1000};

}  // namespace

EventLoop::EventLoop() : wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wake_fd_ < 0) crash("cannot create an eventfd for the Redis client's thread: no file descriptor is left");
}

EventLoop::~EventLoop() {
  ::close(wake_fd_);
}

void EventLoop::post(Task task) {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  // A write fails only when the counter is full, and then the thread wakes anyway.
  const std::uint64_t one = 1;
  if (is_first) (void)!::write(wake_fd_, &one, sizeof one);
}

void EventLoop::stop() {
  stopping_ = true;
}

void EventLoop::after(Steady::duration delay, Task task) {
  timers_.emplace(Steady::now() + delay, std::move(task));
}

void EventLoop::run() {
  while (!stopping_) {
    run_posted();
    run_due();
    if (!stopping_) wait();
  }
}

void EventLoop::run_posted() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) task();
}

void EventLoop::run_due() {
  const Time now = Steady::now();
  while (!timers_.empty() && timers_.begin()->first <= now) timers_.extract(timers_.begin()).mapped()();
}

int EventLoop::wait_ms() const {
  Time until = Steady::now() + wait_max;
  if (!timers_.empty()) until = std::min(until, timers_.begin()->first);
  for (const Socket* socket : sockets_)
    if (const auto deadline = socket->deadline()) until = std::min(until, *deadline);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void EventLoop::wait() {
  std::vector<pollfd> polled{{wake_fd_, POLLIN, 0}};
  for (const Socket* socket : sockets_) polled.push_back({socket->fd(), socket->interest(), 0});
  if (::poll(polled.data(), polled.size(), wait_ms()) < 0) return;  // interrupted by a signal
  if (polled[0].revents != 0) {
    std::uint64_t count = 0;
    (void)!::read(wake_fd_, &count, sizeof count);
  }
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    // A handler may have closed another socket.
    const pollfd& each = polled[i + 1];
    if (each.revents != 0 && sockets_[i]->fd() == each.fd) sockets_[i]->ready(each.revents);
    // After reading: a reply that is there came in time, however late this thread is.
    sockets_[i]->expire(Steady::now());
  }
}

}  // namespace sagactl::redis

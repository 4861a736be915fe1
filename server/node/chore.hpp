// Something that a node does again and again beside its engine, on a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "common/time.hpp"

namespace sagactl {

class Chore {
 public:
  // `work` is called at once, and again when the time that it returns has passed; it ends soon once a stop is
  // requested.
  explicit Chore(std::function<Duration(const std::stop_token&)> work)
      : work_(std::move(work)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  // Returns when `work` has ended; it is not called again. Not from `work` itself.
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  // `work` is called again at once, unless it was stopped. Any thread, also while and after another stops it.
  void wake() {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
    woken_.notify_all();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      is_woken_ = false;
      lock.unlock();
      const Duration wait = work_(stop);
      lock.lock();
      woken_.wait_for(lock, stop, wait, [this] { return is_woken_; });
    }
  }

  const std::function<Duration(const std::stop_token&)> work_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool is_woken_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace sagactl

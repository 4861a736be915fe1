// One subscription of a bus, as buses keep it.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "server/saga/event.hpp"

namespace sagactl {

// Any thread. The functions are as in Bus::subscribe(); one of them is called at a time.
class Subscriber {
 public:
  Subscriber(std::function<void(const Event&)> receive, std::function<void()> missed)
      : receive_(std::move(receive)), missed_(std::move(missed)) {}

  void receive(const Event& event) {
    const std::lock_guard lock(mutex_);
    if (!has_ended_) receive_(event);
  }
  void have_missed() {
    const std::lock_guard lock(mutex_);
    if (!has_ended_) missed_();
  }
  // Waits for a call that another thread makes; none is made afterwards.
  void end() {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }

 private:
  std::recursive_mutex mutex_;  // a call may end its own subscription
  const std::function<void(const Event&)> receive_;
  const std::function<void()> missed_;
  bool has_ended_ = false;
};

}  // namespace sagactl

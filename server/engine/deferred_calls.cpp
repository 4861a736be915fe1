#include "server/engine/deferred_calls.hpp"

#include <algorithm>
#include <utility>

namespace sagactl {

void DeferredCalls::put(SteadyTime at, std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      calls_.push_back({at, std::move(call)});
      return;
    }
  }
  call();
}

void DeferredCalls::run_due(SteadyTime now) {
  std::vector<Deferred> due;
  {
    const std::lock_guard lock(mutex_);
    const auto later =
        std::stable_partition(calls_.begin(), calls_.end(), [now](const Deferred& each) { return now >= each.at; });
    due.assign(std::make_move_iterator(calls_.begin()), std::make_move_iterator(later));
    calls_.erase(calls_.begin(), later);
  }
  for (const Deferred& each : due) each.call();
}

void DeferredCalls::close() {
  std::vector<Deferred> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(calls_);
  }
  for (const Deferred& each : left) each.call();
}

SteadyTime DeferredCalls::due() const {
  const std::lock_guard lock(mutex_);
  SteadyTime due = never_due;
  for (const Deferred& each : calls_) due = std::min(due, each.at);
  return due;
}

}  // namespace sagactl

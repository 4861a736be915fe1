#include "server/engine/flow_watch.hpp"

#include <utility>

namespace sagactl {

FlowWatch::Watcher::Watcher(FlowWatch& watch, OrderId order) : watch_(watch), order_(order) {
  const std::lock_guard lock(watch_.mutex_);
  watch_.watchers_.emplace(order_, this);
  ++watch_.count_;
}

FlowWatch::Watcher::~Watcher() {
  const std::lock_guard lock(watch_.mutex_);
  --watch_.count_;
  const auto [from, to] = watch_.watchers_.equal_range(order_);
  for (auto it = from; it != to; ++it)
    if (it->second == this) {
      watch_.watchers_.erase(it);
      return;
    }
}

void FlowWatch::Watcher::clear() {
  const std::lock_guard lock(mutex_);
  is_written_ = false;
}

void FlowWatch::Watcher::on_write(std::function<void(bool)> done) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_written_) {
      done_ = std::move(done);
      return;
    }
  }
  done(true);
}

void FlowWatch::Watcher::written() {
  std::function<void(bool)> done;
  {
    const std::lock_guard lock(mutex_);
    is_written_ = true;
    done.swap(done_);
  }
  if (done) done(true);
}

bool FlowWatch::is_watched(OrderId order) {
  if (count_ == 0) return false;
  const std::lock_guard lock(mutex_);
  return watchers_.contains(order);
}

void FlowWatch::written(OrderId order) {
  if (count_ == 0) return;
  const std::lock_guard lock(mutex_);  // no watcher is destroyed meanwhile
  const auto [from, to] = watchers_.equal_range(order);
  for (auto it = from; it != to; ++it) it->second->written();
}

}  // namespace sagactl

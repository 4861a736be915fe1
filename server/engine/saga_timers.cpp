#include "server/engine/saga_timers.hpp"

namespace sagactl {

void SagaTimers::set(const Wake& wake, SteadyTime now) {
  if (!wake.at) {
    open_.erase(wake.order);
    return;
  }
  open_[wake.order] = *wake.at;
  timers_.push({now + wake.in, *wake.at, wake.order});
}

void SagaTimers::forget(OrderId order, Timestamp at) {
  const auto open = open_.find(order);
  if (open != open_.end() && open->second == at) open_.erase(open);
}

std::vector<WakeRequest> SagaTimers::fire(SteadyTime now, std::size_t max) {
  std::vector<WakeRequest> fired;
  while (fired.size() < max && !timers_.empty() && timers_.top().due <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    const auto open = open_.find(timer.order);
    if (open != open_.end() && open->second == timer.at) fired.push_back({saga_of(timer.order), timer.at});
  }
  return fired;
}

SteadyTime SagaTimers::due() const {
  return timers_.empty() ? never_due : timers_.top().due;
}

std::vector<OrderId> SagaTimers::flows() const {
  std::vector<OrderId> out;
  out.reserve(open_.size());
  for (const auto& [order, at] : open_) out.push_back(order);
  return out;
}

void SagaTimers::clear() {
  open_.clear();
  timers_ = {};
}

}  // namespace sagactl

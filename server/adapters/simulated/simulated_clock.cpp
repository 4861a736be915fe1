#include "server/adapters/simulated/simulated_clock.hpp"

#include <algorithm>

namespace sagactl {

void SimulatedClock::after(Duration delay, std::function<void()> work) {
  const Timestamp due = now_ - stepped_ + std::max(delay, Duration{0});
  work_.emplace(std::pair{due, asked_++}, std::move(work));
}

bool SimulatedClock::advance_to_next() {
  if (work_.empty()) return false;
  auto next = work_.extract(work_.begin());
  now_ = next.key().first + stepped_;
  next.mapped()();
  return true;
}

void SimulatedClock::advance(Duration by) {
  const Timestamp end = now_ - stepped_ + by;
  while (!work_.empty() && work_.begin()->first.first <= end) advance_to_next();
  now_ = end + stepped_;
}

void SimulatedClock::step(Duration by) {
  stepped_ += by;
  now_ = now_ + by;
}

std::optional<Timestamp> SimulatedClock::next() const {
  if (work_.empty()) return std::nullopt;
  return work_.begin()->first.first + stepped_;
}

}  // namespace sagactl

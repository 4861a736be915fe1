#include "server/adapters/simulated/simulated_clock.hpp"

#include <algorithm>

namespace sagactl {

void SimulatedClock::after(Duration delay, std::function<void()> work) {
  const SteadyTime due = steady_ + std::max(delay, Duration{0});
  work_.emplace(std::pair{due, scheduled_++}, std::move(work));
}

bool SimulatedClock::advance_to_next() {
  if (work_.empty()) return false;
  auto next = work_.extract(work_.begin());
  steady_ = next.key().first;
  next.mapped()();
  return true;
}

void SimulatedClock::advance(Duration by) {
  const SteadyTime end = steady_ + by;
  while (!work_.empty() && work_.begin()->first.first <= end) advance_to_next();
  steady_ = end;
}

std::optional<SteadyTime> SimulatedClock::next() const {
  if (work_.empty()) return std::nullopt;
  return work_.begin()->first.first;
}

}  // namespace sagactl

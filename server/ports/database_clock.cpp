#include "server/ports/database_clock.hpp"

#include <algorithm>

namespace sagactl {
namespace {

// The least and the greatest rate, relative to the steady clock: a minute takes 48 to 69 seconds.
constexpr Duration slower(Duration elapsed) {
  return elapsed * 7 / 8;
}
constexpr Duration faster(Duration elapsed) {
  return elapsed * 5 / 4;
}
// When the time of day is ahead by more than this, this clock started with a wrong time of day.
constexpr Duration far_ahead = 48h;

}  // namespace

DatabaseClock::DatabaseClock(Clock& clock, Timestamp last)
    : clock_(clock), at_(clock.steady()), time_(std::max(clock.now(), last)) {}

Timestamp DatabaseClock::now() const {
  const std::lock_guard lock(mutex_);
  const Timestamp time_of_day = clock_.now();
  const SteadyTime now = clock_.steady();
  const Duration elapsed = std::max(now - at_, Duration{0});
  at_ = now;
  if (time_of_day - time_ > elapsed + far_ahead)
    time_ = time_of_day;
  else
    time_ = std::clamp(time_of_day, time_ + slower(elapsed), time_ + faster(elapsed));
  return time_;
}

}  // namespace sagactl

// The clock of a database that has none of its own: the process's time of day, smoothed. Durable timers, leases and
// reservations are measured by it, so it does not jump when the time of day is set: it continues, and approaches the
// new time gradually.
#pragma once

#include <mutex>

#include "server/ports/clock.hpp"

namespace sagactl {

class DatabaseClock {
 public:
  // `last`: the greatest time stored in the database; the clock starts no earlier. `clock` outlives this.
  explicit DatabaseClock(Clock& clock, Timestamp last = {});

  // Never decreases. From any thread.
  Timestamp now() const;

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  mutable SteadyTime at_;
  mutable Timestamp time_;  // at `at_`
};

}  // namespace sagactl

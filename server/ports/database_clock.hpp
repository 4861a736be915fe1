// The clock of a database that has none of its own: the process's time of day, at an even pace. Durable timers, leases
// and reservations are measured by it, so it does not take part when somebody sets the time of day: it goes on, and
// comes nearer to the new time little by little.
#pragma once

#include <mutex>

#include "server/ports/clock.hpp"

namespace sagactl {

class DatabaseClock {
 public:
  // `last`: the greatest time that the database holds; the first one given is not before it. The clock outlives this.
  explicit DatabaseClock(Clock& clock, Timestamp last = {});

  // Never before one that was given earlier. From any thread.
  Timestamp now() const;

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  mutable SteadyTime at_;
  mutable Timestamp time_;  // then
};

}  // namespace sagactl

// A clock that stands still until it is advanced. For tests and the simulation, where it makes time a function of the
// seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "server/ports/clock.hpp"

namespace sagactl {

// For one thread: work runs on the thread that advances the clock. Work due at the same time runs in the order in which
// it was scheduled; work that it schedules runs after it.
class SimulatedClock : public Clock {
 public:
  // 2026-01-01T00:00:00Z.
  static constexpr Timestamp epoch{1'767'225'600'000'000};

  explicit SimulatedClock(Timestamp start = epoch) : ahead_(start - Timestamp{1'000'000}) {}

  Timestamp now() const override { return Timestamp{steady_.us} + ahead_; }
  SteadyTime steady() const override { return steady_; }
  void after(Duration delay, std::function<void()> work) override;

  // Advances to the next work and runs it. False: none is scheduled.
  bool advance_to_next();
  // Runs all work that is due until now + `by`, each at its own time, and stops there.
  void advance(Duration by);
  // Sets the time of day forward or back, as an operator might: scheduled work is not affected.
  void step(Duration by) { ahead_ += by; }

  std::optional<SteadyTime> next() const;  // when the next work is due
  std::size_t waiting() const { return work_.size(); }

 private:
  SteadyTime steady_{1'000'000};
  Duration ahead_;  // of the time of day
  std::uint64_t scheduled_ = 0;
  std::map<std::pair<SteadyTime, std::uint64_t>, std::function<void()>> work_;
};

}  // namespace sagactl

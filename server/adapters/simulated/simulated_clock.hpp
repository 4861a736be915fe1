// A clock that stands still until it is moved. For tests and the simulation, where it makes time part of the
// seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "server/ports/clock.hpp"

namespace sagactl {

// Not for several threads: work runs on the thread that moves the clock. Work due at the same time runs in
// the order in which it was asked for; work that is asked for by such work runs after it.
class SimulatedClock : public Clock {
 public:
  // 2026-01-01T00:00:00Z.
  static constexpr Timestamp epoch{1'767'225'600'000'000};

  explicit SimulatedClock(Timestamp start = epoch) : ahead_(start - Timestamp{1'000'000}) {}

  Timestamp now() const override { return Timestamp{steady_.us} + ahead_; }
  SteadyTime steady() const override { return steady_; }
  void after(Duration delay, std::function<void()> work) override;

  // Jumps to the next work and runs that one piece. False: nothing is waiting.
  bool advance_to_next();
  // Runs all that is due until now + `by`, each at its own time, and ends there.
  void advance(Duration by);
  // Sets the time of day forward or back, as an operator might: work keeps its distance from now.
  void step(Duration by) { ahead_ += by; }

  std::optional<SteadyTime> next() const;  // when the next work is due
  std::size_t waiting() const { return work_.size(); }

 private:
  SteadyTime steady_{1'000'000};
  Duration ahead_;  // of the time of day
  std::uint64_t asked_ = 0;
  std::map<std::pair<SteadyTime, std::uint64_t>, std::function<void()>> work_;
};

}  // namespace sagactl

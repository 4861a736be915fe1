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

  explicit SimulatedClock(Timestamp start = epoch) : now_(start) {}

  Timestamp now() const override { return now_; }
  void after(Duration delay, std::function<void()> work) override;

  // Jumps to the next work and runs that one piece. False: nothing is waiting.
  bool advance_to_next();
  // Runs all that is due until now + `by`, each at its own time, and ends there.
  void advance(Duration by);
  // Moves the time alone, forward or back, as an operator might: work keeps its distance from now.
  void step(Duration by);

  std::optional<Timestamp> next() const;  // when the next work is due
  std::size_t waiting() const { return work_.size(); }

 private:
  Timestamp now_;
  Duration stepped_{0};  // how far `now_` is from the time that only ever went forward
  std::uint64_t asked_ = 0;
  std::map<std::pair<Timestamp, std::uint64_t>, std::function<void()>> work_;  // on the unstepped time
};

}  // namespace sagactl

// The plan of one phase of an open loop: when each of its units is due.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "loadgen/run.hpp"
#include "loadgen/schedule/scenario.hpp"

namespace sagactl {

// From the start of the phase. Pure. `options.rate` is set, also for stages.
Result<std::vector<Nanoseconds>> plan_times(const LoadOptions& options, const LoadPhase& phase);

// Calls `take(unit, place)` for the units of the phase, with the place in `times` of the unit's first order: a group
// uses as many places as it has orders, and is due at the first of them. Returns how many places are used.
template <class Take>
std::size_t deal_units(const std::vector<Nanoseconds>& times, UnitSource& source, Take take) {
  std::size_t place = 0;
  while (place < times.size()) {
    auto unit = source.next();
    if (!unit) break;
    const std::size_t left = times.size() - place;
    unit->count = static_cast<std::uint16_t>(std::min<std::size_t>(unit->count, left));
    take(*unit, place);
    place += unit->count;
  }
  return place;
}

// The number of the first journey that has no row of a data file whose rows are used once: it ends the load.
std::uint64_t journeys_max(const Profile& profile);

// How many requests were planned for each second. Skipped ones are in the plan, but not in the ledger.
class PlannedSeconds {
 public:
  void begin_phase(bool is_warmup, std::int64_t start_ns);
  void add(Nanoseconds time);  // of the phase

  double of_phase(Duration elapsed) const;  // in the second of the phase at that time
  // Into the seconds of the measured phases. An interrupted run ends where its ledger ends.
  void fill_in(std::vector<LoadSecond>& seconds, bool interrupted) const;

 private:
  bool is_warmup_ = false;
  std::int64_t start_ns_ = 0;
  std::optional<std::int64_t> first_ns_;  // of the measured phases
  std::vector<std::uint64_t> by_second_;  // from `first_ns_` on
  std::vector<std::uint64_t> phase_seconds_;
};

}  // namespace sagactl

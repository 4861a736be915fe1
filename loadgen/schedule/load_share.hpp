// The part of a run that one of several machines sends.
#pragma once

#include <cstdint>
#include <optional>

#include "loadgen/schedule/scenario.hpp"

namespace sagactl {

// The first numbers of a phase: the same on all machines.
struct PhaseNumbers {
  std::uint64_t operation = 0;
  std::uint32_t group = 0;
  std::uint32_t journey = 0;
  friend bool operator==(const PhaseNumbers&, const PhaseNumbers&) = default;
};

// The part `place` of `total` divided into `parts`; the first parts get the remainder.
std::uint32_t divided(std::uint32_t total, std::uint32_t parts, std::uint32_t place);

// Machine `index` of `count`. Of `count` units that follow each other each machine has one, in an order that changes
// from one such round to the next, so that no pattern of the load falls on one machine.
struct LoadShare {
  std::uint32_t index = 0;
  std::uint32_t count = 1;

  // What this machine sends of a unit; nothing: others send it. A group is split when `splits_groups`, so that its
  // orders meet at the server from several machines; otherwise one machine sends all of it.
  std::optional<LoadUnit> part_of(const LoadUnit& unit, bool splits_groups) const;

  // This machine's part of a number of slots or connections; at least 1.
  std::uint32_t part_of(std::uint32_t total) const;
};

// Whether the groups of a phase are split: when all machines send a group at the same moment, because its time is
// planned, or because the whole phase begins at once. `slots`: those of the run; 0: an open loop.
bool splits_groups(const LoadPhase& phase, std::uint32_t slots);

}  // namespace sagactl

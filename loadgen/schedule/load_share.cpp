#include "loadgen/schedule/load_share.hpp"

#include <algorithm>

namespace sagactl {

std::uint32_t divided(std::uint32_t total, std::uint32_t parts, std::uint32_t place) {
  return total / parts + (place < total % parts ? 1 : 0);
}

std::optional<LoadUnit> LoadShare::part_of(const LoadUnit& unit, bool splits_groups) const {
  const std::uint32_t first = (unit.journey + unit.journey / count) % count;  // the machine that comes first
  const std::uint32_t place = (index + count - first) % count;
  if (unit.count == 1 || !splits_groups) return place == 0 ? std::optional(unit) : std::nullopt;
  std::uint32_t before = 0;
  for (std::uint32_t i = 0; i < place; ++i) before += divided(unit.count, count, i);
  LoadUnit part = unit;
  part.operation += before;
  part.count = static_cast<std::uint16_t>(divided(unit.count, count, place));
  return part.count == 0 ? std::nullopt : std::optional(part);
}

std::uint32_t LoadShare::part_of(std::uint32_t total) const {
  return std::max(1u, divided(total, count, index));
}

bool splits_groups(const LoadPhase& phase, std::uint32_t slots) {
  if (slots == 0) return true;
  const std::uint64_t largest = phase.mix.groups > 0 ? phase.mix.duplicates_max : 1;
  return phase.units && *phase.units * largest <= slots;
}

}  // namespace sagactl

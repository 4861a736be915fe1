// How many processors this process may use.
#pragma once

#include <cstdint>
#include <string_view>

namespace sagactl {

// Those that it may run on, and no more than the quota of its control group is worth, rounded up; at least one.
std::uint32_t usable_cores();

// Of a quota as the kernel writes it, "150000 100000" or "max 100000" (cpu.max): whole cores, rounded up; 0: no limit.
std::uint32_t cores_of_quota(std::string_view text);

}  // namespace sagactl

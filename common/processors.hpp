// How many processors this process may use, which may be fewer than the machine has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

// The minimum of the machine's processors, those of this process' affinity mask, and its control groups' quota, rounded
// up; at least 1. More busy threads than that would be throttled.
std::uint32_t available_processors();

// The quota in the text of cgroup v2's cpu.max: "50000 100000" is half a processor, "max 100000" is no quota.
std::optional<double> processors_of_quota(std::string_view cpu_max);

// The path of this process's group in the text of /proc/self/cgroup: of the line "0::/system.slice/x.service".
std::optional<std::string> cgroup_v2_path(std::string_view text);

}  // namespace sagactl

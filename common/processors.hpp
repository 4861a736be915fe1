// How many processors this process gets, which may be fewer than the machine has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

// The fewest of: those of the machine, those that it may run on, and what its control groups' quotas leave it, rounded
// up; 1 at least. As many threads as the machine has processors, under a quota of half a one, would stop each other.
std::uint32_t available_processors();

// The quota in a text of cgroup v2's cpu.max, "50000 100000" being half a processor; nothing for "max 100000".
std::optional<double> processors_of_quota(std::string_view cpu_max);

// The path of this process's group in the text of /proc/self/cgroup: of the line "0::/system.slice/x.service".
std::optional<std::string> cgroup_v2_path(std::string_view text);

}  // namespace sagactl

#include "loadgen/usable_cores.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <thread>

#include "common/text.hpp"

namespace sagactl {
namespace {

std::string first_line(const std::string& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

// The tightest of the quotas from this process's control group up to the root (version 2).
std::uint32_t quota() {
  std::string group;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("0::")) group = line.substr(3);
  if (group == "/") group.clear();
  std::uint32_t least = 0;
  for (;;) {
    const std::uint32_t cores = cores_of_quota(first_line("/sys/fs/cgroup" + group + "/cpu.max"));
    if (cores > 0) least = least == 0 ? cores : std::min(least, cores);
    if (group.empty()) return least;
    group.resize(group.rfind('/'));
  }
}

// Version 1.
std::uint32_t old_quota() {
  const std::string folder = "/sys/fs/cgroup/cpu/cpu.cfs_";
  const std::string allowed = first_line(folder + "quota_us");
  return allowed.starts_with('-') ? 0 : cores_of_quota(allowed + " " + first_line(folder + "period_us"));
}

}  // namespace

std::uint32_t cores_of_quota(std::string_view text) {
  const auto parts = split(trim(text), ' ');
  if (parts.size() != 2) return 0;
  std::uint64_t allowed = 0, period = 0;
  for (const auto& [part, number] : {std::pair{&parts[0], &allowed}, std::pair{&parts[1], &period}})
    if (std::from_chars(part->data(), part->data() + part->size(), *number).ec != std::errc{}) return 0;
  return period == 0 ? 0 : static_cast<std::uint32_t>((allowed + period - 1) / period);
}

std::uint32_t usable_cores() {
  const std::uint32_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::uint32_t allowed = std::max(quota(), old_quota());
  return allowed == 0 ? cores : std::min(cores, allowed);
}

}  // namespace sagactl

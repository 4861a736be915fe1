#include "common/processors.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace sagactl {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// Of cgroup v1, as a container sees its own group.
std::optional<double> cgroup_v1_quota() {
  const std::string folder = "/sys/fs/cgroup/cpu/cpu.cfs_";
  const std::string quota = text_of(folder + "quota_us");
  return processors_of_quota(quota.substr(0, quota.find('\n')) + " " + text_of(folder + "period_us"));
}

// The smallest quota of the group and of those above it.
std::optional<double> smallest_quota() {
  const auto group = cgroup_v2_path(text_of("/proc/self/cgroup"));
  std::optional<double> smallest = cgroup_v1_quota();
  if (!group) return smallest;
  const std::filesystem::path root = "/sys/fs/cgroup";
  for (std::filesystem::path at = root / std::filesystem::path(*group).relative_path();; at = at.parent_path()) {
    if (const auto quota = processors_of_quota(text_of(at / "cpu.max")))
      smallest = std::min(smallest.value_or(*quota), *quota);
    if (at == root || at == at.parent_path()) return smallest;
  }
}

}  // namespace

std::optional<double> processors_of_quota(std::string_view cpu_max) {
  double quota = 0, period = 0;
  const std::size_t blank = cpu_max.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const char* const end = cpu_max.data() + cpu_max.size();
  if (std::from_chars(cpu_max.data(), cpu_max.data() + blank, quota).ec != std::errc{}) return std::nullopt;
  if (std::from_chars(cpu_max.data() + blank + 1, end, period).ec != std::errc{}) return std::nullopt;
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

std::optional<std::string> cgroup_v2_path(std::string_view text) {
  constexpr std::string_view begin = "0::";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(begin)) return std::string(line.substr(begin.size()));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::nullopt;
}

std::uint32_t available_processors() {
  std::uint32_t count = std::max(1u, std::thread::hardware_concurrency());
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0)
    count = std::min(count, static_cast<std::uint32_t>(CPU_COUNT(&allowed)));
  if (const auto quota = smallest_quota()) count = std::min(count, static_cast<std::uint32_t>(std::ceil(*quota)));
  return std::max(1u, count);
}

}  // namespace sagactl

#include "common/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <limits>

namespace sagactl {
namespace {

constexpr std::size_t unlimited = std::numeric_limits<int>::max();

std::size_t in_number(rlim_t limit) {
  return limit == RLIM_INFINITY ? unlimited : std::min<std::size_t>(limit, unlimited);
}

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  return descriptor_limit();
}

std::size_t descriptor_limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? in_number(limit.rlim_cur) : unlimited;
}

std::size_t descriptor_limit_max() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? in_number(limit.rlim_max) : unlimited;
}

std::size_t descriptors_open() {
  std::error_code failure;
  std::size_t count = 0;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure))
    ++count;
  return count;
}

}  // namespace sagactl

#include "server/node/connection_limits.hpp"

#include <algorithm>

#include "common/descriptors.hpp"
#include "common/log.hpp"

namespace sagactl {
namespace {

constexpr std::size_t reserved_max = 128;  // descriptors for files and connections opened later
constexpr std::size_t share_min = 8;       // of one node, also where there are fewer; it then refuses connections

}  // namespace

http::Limits connection_limits(std::size_t limit, std::size_t open, int nodes) {
  http::Limits limits;
  const std::size_t used = open + std::min(reserved_max, limit / 4);
  const std::size_t left = limit > used ? limit - used : 0;
  const std::size_t share = std::max(share_min, left / static_cast<std::size_t>(std::max(nodes, 1)));
  limits.refusals_max = std::clamp<std::size_t>(share / 8, 1, limits.refusals_max);
  limits.connections_max = std::min(limits.connections_max, share - limits.refusals_max);
  return limits;
}

http::Limits connection_limits(int nodes) {
  const std::size_t limit = descriptor_limit();
  http::Limits limits = connection_limits(limit, descriptors_open(), nodes);
  if (limits.connections_max < http::Limits{}.connections_max)
    log_info("the limit of file descriptors reduces the maximum of connections",
             {{"descriptors", limit}, {"connections", limits.connections_max}});
  return limits;
}

}  // namespace sagactl

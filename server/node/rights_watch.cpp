#include "server/node/rights_watch.hpp"

#include "common/log.hpp"

namespace sagactl {
namespace {

constexpr Duration margin = 1min;  // clocks of nodes and of the database that do not quite agree

}  // namespace

RightsWatch::RightsWatch(Queries& queries, api::LoginSessions& sessions)
    : queries_(queries), sessions_(sessions), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void RightsWatch::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto now = queries_.database_time();
    // Tokens from before have run out.
    const auto changed = now ? queries_.rights_changed_since(*now - sessions_.access_lifetime() - margin)
                             : Result<std::vector<User>>(now.error());
    if (changed) sessions_.rights().set(*changed);
    woken_.wait_for(lock, stop, interval, [] { return false; });
  }
}

}  // namespace sagactl

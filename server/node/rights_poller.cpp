#include "server/node/rights_poller.hpp"

#include "common/log.hpp"

namespace sagactl {
namespace {

constexpr Duration clock_margin = 1min;  // between the clocks of nodes and of the database

}  // namespace

RightsPoller::RightsPoller(Queries& queries, api::LoginSessions& sessions)
    : queries_(queries), sessions_(sessions), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void RightsPoller::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto now = queries_.database_time();
    // Tokens issued before that have expired.
    const auto changed = now ? queries_.rights_changed_since(*now - sessions_.access_lifetime() - clock_margin)
                             : Result<std::vector<User>>(now.error());
    if (changed) sessions_.changed_rights().set(*changed);
    woken_.wait_for(lock, stop, interval, [] { return false; });
  }
}

}  // namespace sagactl

// Polls the database for changes of users' rights, which operators make on any node, and passes them to the sessions of
// this process.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "server/api/accounts/login_sessions.hpp"
#include "server/ports/queries.hpp"

namespace sagactl {

// A token stays valid for up to `interval` after its user was disabled. While the database is unavailable, the last
// known rights apply.
class RightsPoller {
 public:
  static constexpr std::chrono::milliseconds interval{2000};

  // Both outlive it.
  RightsPoller(Queries& queries, api::LoginSessions& sessions);

 private:
  void run(const std::stop_token& stop);

  Queries& queries_;
  api::LoginSessions& sessions_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace sagactl

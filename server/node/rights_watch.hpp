// Tells the sessions of this process what operators change of users' rights, at whatever node they do so.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "server/api/accounts/login_sessions.hpp"
#include "server/ports/queries.hpp"

namespace sagactl {

// Looks into the database every `interval`: a token is good for so long after its user was disabled. While the database
// is away, what was known last counts.
class RightsWatch {
 public:
  static constexpr std::chrono::milliseconds interval{2000};

  // Both outlive it.
  RightsWatch(Queries& queries, api::LoginSessions& sessions);

 private:
  void run(const std::stop_token& stop);

  Queries& queries_;
  api::LoginSessions& sessions_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace sagactl

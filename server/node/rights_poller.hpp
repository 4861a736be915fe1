// Polls the database for changes of users' rights, which operators make on any node, and for pages that were logged out
// at another node, and passes them to the sessions of this process.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "server/api/accounts/login_sessions.hpp"
#include "server/api/pages/page_sessions.hpp"
#include "server/node/database.hpp"

namespace sagactl {

// A token stays valid for up to `interval` after its user was disabled, and a page's cookie after its log-out. While
// the database is unavailable, the last known rights apply.
class RightsPoller {
 public:
  static constexpr std::chrono::milliseconds interval{2000};

  // All outlive it.
  RightsPoller(DatabasePorts& database, api::LoginSessions& sessions, api::PageSessions& pages);

 private:
  void run(const std::stop_token& stop);

  void poll_rights();
  void poll_pages();
  void forget(const std::string& kind, const std::string& before);

  DatabasePorts& database_;
  api::LoginSessions& sessions_;
  api::PageSessions& pages_;
  std::uint64_t polls_ = 0;
  std::optional<Timestamp> time_;  // the database's, some polls ago
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace sagactl

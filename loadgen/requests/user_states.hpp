// What the users of a run have while it runs: their authorization, what their log-in keeps, and their cookies.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/requests/cookie_jar.hpp"

namespace sagactl {

struct UserState {
  std::string authorization;        // the line of the header with its end; "": none
  std::vector<std::string> values;  // kept_names of the scope user
};

// Thread-safe.
class UserStates {
 public:
  explicit UserStates(std::vector<UserState> users);

  std::size_t size() const { return users_.size(); }
  // Stays valid when it is replaced, until the end of this.
  const UserState& of(std::size_t user) const { return *users_[user].state.load(std::memory_order_acquire); }
  void replace(std::size_t user, UserState state);

  void take_cookies(std::size_t user, std::string_view lines, std::string_view path, Timestamp now);
  // Of the jar at this moment.
  std::string cookies(std::size_t user, std::string_view path, Timestamp now) const;
  CookieJar jar(std::size_t user) const;
  void set_cookies(std::size_t user, std::vector<CookieJar::Cookie> cookies);

  // A request that was sent at that time was answered with 401: the result of the user's log-in is no longer valid,
  // unless it was replaced since then.
  void note_refused(std::size_t user, std::int64_t sent_ns);
  // Whether that was so since the last call.
  bool take_refused(std::size_t user) { return users_[user].is_refused.exchange(false); }

 private:
  struct User {
    std::atomic<const UserState*> state = nullptr;
    mutable std::mutex mutex;
    CookieJar jar;
    std::atomic<std::int64_t> replaced_ns{0};
    std::atomic<bool> is_refused{false};
  };

  std::deque<User> users_;
  std::mutex replacing_;
  std::vector<std::unique_ptr<const UserState>> all_;  // other threads may still read the old ones
};

}  // namespace sagactl

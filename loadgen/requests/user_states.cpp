#include "loadgen/requests/user_states.hpp"

#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

UserStates::UserStates(std::vector<UserState> users) : users_(users.size()) {
  for (std::size_t user = 0; user < users.size(); ++user) replace(user, std::move(users[user]));
}

void UserStates::replace(std::size_t user, UserState state) {
  const std::lock_guard lock(replacing_);
  all_.push_back(std::make_unique<const UserState>(std::move(state)));
  users_[user].state.store(all_.back().get(), std::memory_order_release);
  users_[user].replaced_ns.store(steady_ns(), std::memory_order_relaxed);
}

void UserStates::take_cookies(std::size_t user, std::string_view lines, std::string_view path, Timestamp now) {
  const std::lock_guard lock(users_[user].mutex);
  users_[user].jar.take(lines, path, now);
}

std::string UserStates::cookies(std::size_t user, std::string_view path, Timestamp now) const {
  const std::lock_guard lock(users_[user].mutex);
  const CookieJar& jar = users_[user].jar;
  std::string line(jar.header_max(), '\0');
  line.resize(static_cast<std::size_t>(jar.put(line.data(), path, now) - line.data()));
  return line;
}

CookieJar UserStates::jar(std::size_t user) const {
  const std::lock_guard lock(users_[user].mutex);
  return users_[user].jar;
}

void UserStates::set_cookies(std::size_t user, std::vector<CookieJar::Cookie> cookies) {
  const std::lock_guard lock(users_[user].mutex);
  users_[user].jar.set(std::move(cookies));
}

void UserStates::note_refused(std::size_t user, std::int64_t sent_ns) {
  if (sent_ns > users_[user].replaced_ns.load(std::memory_order_relaxed)) users_[user].is_refused.store(true);
}

}  // namespace sagactl

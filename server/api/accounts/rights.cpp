#include "server/api/accounts/rights.hpp"

namespace sagactl::api {

void Rights::set(const std::vector<User>& changed) {
  if (changed.empty()) return changed_.store(nullptr);
  auto map = std::make_shared<Map>();
  for (const User& user : changed) map->emplace(user.id, Now{user.role, user.status});
  changed_.store(std::move(map));
}

std::optional<Rights::Now> Rights::changed(UserId user) const {
  const auto map = changed_.load();
  if (!map) return std::nullopt;
  const auto found = map->find(user);
  return found == map->end() ? std::nullopt : std::optional(found->second);
}

}  // namespace sagactl::api

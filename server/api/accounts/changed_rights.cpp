#include "server/api/accounts/changed_rights.hpp"

namespace sagactl::api {

void ChangedRights::set(const std::vector<User>& changed) {
  if (changed.empty()) return changed_.store(nullptr);
  auto rights = std::make_shared<RightsByUser>();
  for (const User& user : changed) rights->emplace(user.id, Rights{user.role, user.status});
  changed_.store(std::move(rights));
}

std::optional<ChangedRights::Rights> ChangedRights::of(UserId user) const {
  const auto rights = changed_.load();
  if (!rights) return std::nullopt;
  const auto found = rights->find(user);
  return found == rights->end() ? std::nullopt : std::optional(found->second);
}

}  // namespace sagactl::api

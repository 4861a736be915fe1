// The rights of users whom an operator has changed so recently that tokens with their former rights are still valid.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "server/participants/user.hpp"

namespace sagactl::api {

// Any thread.
class ChangedRights {
 public:
  // Replaces all: the users whose role or status was changed within the lifetime of an access token.
  void set(const std::vector<User>& changed);

  struct Rights {
    Role role;
    UserStatus status;
  };
  // None: not changed, the token is right.
  std::optional<Rights> of(UserId user) const;

 private:
  using RightsByUser = std::unordered_map<UserId, Rights>;
  std::atomic<std::shared_ptr<const RightsByUser>> changed_;  // null: no changes
};

}  // namespace sagactl::api

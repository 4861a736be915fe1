// Whose rights an operator has changed so lately that tokens from before may still be shown.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/participants/user.hpp"

namespace sagactl::api {

// Any thread.
class Rights {
 public:
  // All whose role or status was changed within the life of an access token.
  void set(const std::vector<User>& changed);

  struct Now {
    Role role;
    UserStatus status;
  };
  // None: as the token says.
  std::optional<Now> changed(UserId user) const;

 private:
  using Map = std::unordered_map<UserId, Now>;
  std::atomic<std::shared_ptr<const Map>> changed_;  // null: nobody's
};

}  // namespace sagactl::api

// Who uses the system.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/id.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"

namespace sagactl {

enum class Role : std::uint8_t { customer, merchant, admin };

template <>
struct Spelling<Role> {
  static constexpr std::string_view names[] = {"customer", "merchant", "admin"};
};

enum class UserStatus : std::uint8_t { active, inactive, suspended };

template <>
struct Spelling<UserStatus> {
  static constexpr std::string_view names[] = {"active", "inactive", "suspended"};
};

inline constexpr Timestamp never_expires{std::numeric_limits<std::int64_t>::max()};

// Somebody is logged in: whoever has the refresh token may renew it, once.
struct LoginSession {
  std::string id;         // stands in its tokens; empty for one that an earlier version began
  std::string hash;       // SHA-256 in hexadecimal of the refresh token that is good
  std::string previous;   // of the one before; empty: none
  Timestamp renewed_at;   // or begun
  Timestamp expires_at = never_expires;  // with its refresh token; an earlier version did not note it

  friend bool operator==(const LoginSession&, const LoginSession&) = default;
};

struct User {
  UserId id;
  std::string email;          // in lower case; unique
  std::string password_hash;  // Argon2id, encoded
  std::string first_name;
  std::string last_name;
  Role role = Role::customer;
  UserStatus status = UserStatus::active;
  bool email_verified = false;
  std::vector<LoginSession> sessions;  // the one that was renewed last stands last
  Timestamp rights_changed_at;         // when an operator last changed role or status; 0: never
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const User&, const User&) = default;
};

// In whose name a command is given.
struct Actor {
  UserId user;
  Role role = Role::customer;

  bool may_touch(UserId owner) const { return role == Role::admin || user == owner; }
};

}  // namespace sagactl

// Who uses the system.
#pragma once

#include <cstdint>
#include <string>

#include "common/id.hpp"
#include "common/spelling.hpp"

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

struct User {
  UserId id;
  std::string email;          // in lower case; unique
  std::string password_hash;  // Argon2id, encoded
  std::string first_name;
  std::string last_name;
  Role role = Role::customer;
  UserStatus status = UserStatus::active;
  bool email_verified = false;
  std::string refresh_token_hash;  // SHA-256 in hexadecimal of the one refresh token that is good; empty: none
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

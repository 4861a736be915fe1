// Users, their roles and their login sessions.
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

// A login session. Whoever presents its refresh token may renew it, once per token.
struct LoginSession {
  std::string id;                        // part of its tokens; empty for a session of an earlier version
  std::string hash;                      // SHA-256 in hexadecimal of the valid refresh token
  std::string previous;                  // of the refresh token before; empty: none
  Timestamp renewed_at;                  // or started
  Timestamp expires_at = never_expires;  // with its refresh token; earlier versions did not store it

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
  std::vector<LoginSession> sessions;  // the most recently renewed one is last
  Timestamp rights_changed_at;         // when an operator last changed role or status; 0: never
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const User&, const User&) = default;
};

// The user on whose behalf a command is carried out.
struct Actor {
  UserId user;
  Role role = Role::customer;

  bool may_touch(UserId owner) const { return role == Role::admin || user == owner; }
};

}  // namespace sagactl

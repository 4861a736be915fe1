// Password hashes: Argon2id in encoded form ($argon2id$v=19$m=24576,t=3,p=1$salt$hash). Those of bcrypt are read as
// well (bcrypt.hpp), for users who were imported. Every call takes tens of milliseconds and the memory of the cost: run
// them on dedicated threads, never on an I/O thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl::auth {

// About 50 ms on one core of 2020; above OWASP's minimum of 19 MiB and two passes.
struct PasswordCost {
  std::uint32_t memory_kib = 24 * 1024;
  std::uint32_t passes = 3;
};

inline constexpr PasswordCost cheapest_password_cost{8, 1};  // for tests
inline constexpr std::size_t password_bytes_max = 1024;

// `invalid` when the password is longer than password_bytes_max.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost = {});

// False for a wrong password, for text that is no hash of this kind, and for one with an excessive cost.
bool verify_password(std::string_view encoded, std::string_view password);

// Takes as long as verify_password and is always false: for a login whose user does not exist, so that the response
// time does not reveal that.
bool verify_nobodys_password(std::string_view password, const PasswordCost& cost = {});

// Whether a hash is not Argon2id, or has a lower cost than this, and should be replaced at the next login.
bool needs_rehash(std::string_view encoded, const PasswordCost& cost = {});

}  // namespace sagactl::auth

// Password hashes: Argon2id in its encoded form ($argon2id$v=19$m=24576,t=3,p=1$salt$hash). Every call takes
// tens of milliseconds and the cost's memory: run them on threads of their own, never on an I/O thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl::auth {

// About 50 ms on one core of 2020, over OWASP's minimum of 19 MiB and two passes.
struct PasswordCost {
  std::uint32_t memory_kib = 24 * 1024;
  std::uint32_t passes = 3;
};

inline constexpr PasswordCost cheapest_password_cost{8, 1};  // for tests
inline constexpr std::size_t password_bytes_max = 1024;

// `invalid` when the password is longer than password_bytes_max.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost = {});

// False for another password, and for text that is no hash of this kind or asks for an absurd cost.
bool verify_password(std::string_view encoded, std::string_view password);

// Takes as long as verify_password and is always false: for a login whose user does not exist, which would
// otherwise be told from a wrong password by its speed.
bool verify_nobodys_password(std::string_view password, const PasswordCost& cost = {});

// True when a hash was made at a lower cost than this, and is to be replaced at the next login.
bool needs_rehash(std::string_view encoded, const PasswordCost& cost = {});

}  // namespace sagactl::auth

#include "server/auth/password.hpp"

#include <argon2.h>

#include <charconv>
#include <optional>

#include "common/crypto.hpp"
#include "server/auth/bcrypt.hpp"

namespace sagactl::auth {
namespace {

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
constexpr std::uint32_t lanes = 1;
// A hash from elsewhere must not exhaust the node's memory or block its threads.
constexpr std::uint32_t memory_kib_max = 256 * 1024;
constexpr std::uint32_t passes_max = 16;
constexpr std::uint32_t lanes_max = 4;

// Takes "m=24576" off the front of "m=24576,t=3,p=1$...".
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view name, char end) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t number = 0;
  const auto [last, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || last == text.data() + text.size() || *last != end) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(last - text.data()) + 1);
  return number;
}

std::optional<PasswordCost> cost_of(std::string_view encoded) {
  constexpr std::string_view kind = "$argon2id$v=19$";
  if (!encoded.starts_with(kind)) return std::nullopt;
  encoded.remove_prefix(kind.size());
  const auto memory_kib = take_number(encoded, "m=", ',');
  const auto passes = take_number(encoded, "t=", ',');
  const auto parallel = take_number(encoded, "p=", '$');
  if (!memory_kib || !passes || !parallel) return std::nullopt;
  if (*memory_kib > memory_kib_max || *passes > passes_max || *parallel > lanes_max) return std::nullopt;
  return PasswordCost{*memory_kib, *passes};
}

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  if (password.size() > password_bytes_max) {
    return Error{ErrorCode::invalid,
                 "password must be shorter than or equal to " + std::to_string(password_bytes_max) + " bytes"};
  }
  const std::string salt = random_bytes(salt_bytes);
  std::string encoded(argon2_encodedlen(cost.passes, cost.memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
  const int failed = argon2id_hash_encoded(cost.passes, cost.memory_kib, lanes, password.data(), password.size(),
                                           salt.data(), salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (failed == ARGON2_MEMORY_ALLOCATION_ERROR) {
    return Error{ErrorCode::busy, "out of memory while hashing a password; try again in a second"};
  }
  if (failed != ARGON2_OK)
    return Error{ErrorCode::bug, std::string("hashing a password failed: ") + argon2_error_message(failed)};
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool verify_password(std::string_view encoded, std::string_view password) {
  if (password.size() > password_bytes_max) return false;
  if (is_bcrypt(encoded)) return verify_bcrypt(encoded, password);
  if (!cost_of(encoded)) return false;
  const std::string terminated(encoded);
  return argon2id_verify(terminated.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool verify_nobodys_password(std::string_view password, const PasswordCost& cost) {
  const auto discarded = hash_password(password, cost);
  return discarded.ok() && false;
}

bool needs_rehash(std::string_view encoded, const PasswordCost& cost) {
  const auto present = cost_of(encoded);
  return !present || present->memory_kib < cost.memory_kib || present->passes < cost.passes;
}

}  // namespace sagactl::auth

#include "server/auth/bcrypt.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <memory>
#include <string>

namespace sagactl::auth {
namespace {

// "$2b$12$", 22 characters of salt and 31 of hash.
constexpr std::size_t hash_length = 60, salt_at = 7;
constexpr int cost_min = 4;
constexpr std::string_view digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_bcrypt(std::string_view encoded) {
  return bcrypt_cost(encoded) != 0;
}

int bcrypt_cost(std::string_view encoded) {
  if (encoded.size() != hash_length || !encoded.starts_with("$2") || encoded[3] != '$' || encoded[6] != '$') return 0;
  if (encoded[2] != 'a' && encoded[2] != 'b' && encoded[2] != 'y') return 0;
  if (!is_digit(encoded[4]) || !is_digit(encoded[5])) return 0;
  if (encoded.find_first_not_of(digits, salt_at) != std::string_view::npos) return 0;
  const int cost = (encoded[4] - '0') * 10 + (encoded[5] - '0');
  return cost < cost_min || cost > 31 ? 0 : cost;
}

bool verify_bcrypt(std::string_view encoded, std::string_view password) {
  const int cost = bcrypt_cost(encoded);
  if (cost == 0 || cost > bcrypt_cost_max || password.find('\0') != std::string_view::npos) return false;
  const std::string setting(encoded), phrase(password);
  const auto data = std::make_unique<crypt_data>();  // 32 KB
  const char* hash = crypt_r(phrase.c_str(), setting.c_str(), data.get());
  const bool matches =
      hash && std::string_view(hash).size() == hash_length && CRYPTO_memcmp(hash, setting.data(), hash_length) == 0;
  OPENSSL_cleanse(data.get(), sizeof *data);
  return matches;
}

}  // namespace sagactl::auth

// JSON Web Tokens signed with HMAC-SHA-256 (RFC 7519, HS256), with the claims that the order system's clients read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl::auth {

struct Claims {
  std::string subject;  // the user's id
  std::string email;
  std::string role;
  std::string token_id;  // "jti"; "" in tokens of other issuers
  std::int64_t issued_at_s = 0;
  std::int64_t expires_at_s = 0;
  std::string session = {};  // "sid"; "" in tokens of other issuers

  friend bool operator==(const Claims&, const Claims&) = default;
};

enum class TokenFault { malformed, wrong_algorithm, bad_signature, not_yet_valid, expired };

std::string_view to_string(TokenFault fault);

// Signs and verifies with one secret. Access and refresh tokens have different secrets, so that neither passes for the
// other. Any thread.
class TokenKey {
 public:
  // Precondition: `secret` is not empty. Verified tokens are cached, at most `cached_max`, so that a token that comes
  // with every request is verified once.
  explicit TokenKey(std::string secret, std::size_t cached_max = 8192);

  std::string sign(const Claims& claims) const;

  // The claims of a token that this key signed with HS256 and that is valid at `now`; else `unauthenticated` with the
  // members "reason" (a TokenFault) and "message", which is "Unauthorized" as in the reference system.
  Result<Claims> verify(std::string_view token, Timestamp now) const;

  std::size_t cached() const;

 private:
  struct TokenHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using ClaimsByToken = std::unordered_map<std::string, Claims, TokenHash, std::equal_to<>>;

  Result<Claims> verify_uncached(std::string_view token, Timestamp now) const;
  const Claims* find_cached(std::string_view token) const;
  void cache(std::string_view token, const Claims& claims) const;

  const std::string secret_;
  const std::size_t generation_max_;
  mutable std::mutex mutex_;
  mutable ClaimsByToken recent_;  // two generations: the older one is dropped when the newer one is full
  mutable ClaimsByToken older_;
};

// The token of an "Authorization: Bearer ..." header; "" when there is none.
std::string_view bearer_token(std::string_view authorization);

}  // namespace sagactl::auth

#include "server/auth/jwt.hpp"

#include <optional>

#include "common/crypto.hpp"
#include "common/text/text.hpp"

namespace sagactl::auth {
namespace {

constexpr std::size_t token_length_max = 4096;
constexpr std::string_view header_json = R"({"alg":"HS256","typ":"JWT"})";

Error refusal(TokenFault fault, std::string message) {
  return {ErrorCode::unauthenticated, std::move(message),
          Json{{"message", "Unauthorized"}, {"reason", to_string(fault)}}};
}

Error malformed() {
  return refusal(TokenFault::malformed, "the bearer token is not a JSON Web Token");
}

struct TokenParts {
  std::string_view header, payload, signature;
  std::string_view signed_text;  // header and payload
};

std::optional<TokenParts> split_token(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == token.npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return TokenParts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                    token.substr(0, second)};
}

std::optional<Json> decode(std::string_view part) {
  const auto text = from_base64url(part);
  if (!text) return std::nullopt;
  Json json = read_json(*text);
  if (!json.is_object()) return std::nullopt;
  return json;
}

// The key decides the algorithm, not the token: "none", RS256 and others are refused before anything is computed, and
// so are extensions that a verifier must understand ("crit").
Result<void> check_header(std::string_view part) {
  static const std::string own_header = base64url(header_json);
  if (part == own_header) return {};
  const auto header = decode(part);
  if (!header) return malformed();
  const auto algorithm = header->find("alg");
  if (algorithm == header->end() || *algorithm != "HS256" || header->contains("crit"))
    return refusal(TokenFault::wrong_algorithm, "the bearer token is not signed with HS256");
  return {};
}

std::string signature_of(std::string_view secret, std::string_view text) {
  const Digest digest = hmac_sha256(secret, text);
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string text_claim(const Json& payload, const char* name) {
  const auto found = payload.find(name);
  return found != payload.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> seconds_claim(const Json& payload, const char* name) {
  const auto found = payload.find(name);
  if (found == payload.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();  // RFC 7519 allows fractions
  if (!(seconds >= 0 && seconds < 1e15)) return std::nullopt;
  return static_cast<std::int64_t>(seconds);
}

Result<void> check_time(const Claims& claims, Timestamp now) {
  if (now.us / 1'000'000 < claims.expires_at_s) return {};
  return refusal(TokenFault::expired, "the bearer token expired at " + iso8601_ms({claims.expires_at_s * 1'000'000}) +
                                          "; log in again or use the refresh token");
}

}  // namespace

std::string_view to_string(TokenFault fault) {
  switch (fault) {
    case TokenFault::malformed:
      return "malformed";
    case TokenFault::wrong_algorithm:
      return "wrong_algorithm";
    case TokenFault::bad_signature:
      return "bad_signature";
    case TokenFault::not_yet_valid:
      return "not_yet_valid";
    case TokenFault::expired:
      return "expired";
  }
  return "malformed";
}

TokenKey::TokenKey(std::string secret, std::size_t cached_max)
    : secret_(std::move(secret)), generation_max_(cached_max / 2) {
  if (secret_.empty()) crash("TokenKey: the secret is empty");
}

std::string TokenKey::sign(const Claims& claims) const {
  Json payload{{"sub", claims.subject}, {"email", claims.email}, {"role", claims.role}};
  payload["iat"] = claims.issued_at_s;
  payload["exp"] = claims.expires_at_s;
  if (!claims.token_id.empty()) payload["jti"] = claims.token_id;
  if (!claims.session.empty()) payload["sid"] = claims.session;
  std::string token = base64url(header_json);
  token += '.';
  token += base64url(json_text(payload));
  const std::string signature = signature_of(secret_, token);
  token += '.';
  token += signature;
  return token;
}

Result<Claims> TokenKey::verify(std::string_view token, Timestamp now) const {
  {
    const std::lock_guard lock(mutex_);
    if (const Claims* cached_claims = find_cached(token)) {
      if (auto valid = check_time(*cached_claims, now); !valid) return valid.error();
      return *cached_claims;
    }
  }
  Result<Claims> claims = verify_uncached(token, now);
  if (claims) {
    const std::lock_guard lock(mutex_);
    cache(token, *claims);
  }
  return claims;
}

Result<Claims> TokenKey::verify_uncached(std::string_view token, Timestamp now) const {
  if (token.size() > token_length_max) return malformed();
  const auto parts = split_token(token);
  if (!parts) return malformed();
  if (auto header = check_header(parts->header); !header) return header.error();
  // Compared as text, so that there is only one encoding of a signature.
  if (!equal_in_constant_time(signature_of(secret_, parts->signed_text), parts->signature))
    return refusal(TokenFault::bad_signature, "the bearer token was not signed by this node's secret");
  const auto payload = decode(parts->payload);
  if (!payload) return malformed();
  Claims claims;
  claims.subject = text_claim(*payload, "sub");
  claims.email = text_claim(*payload, "email");
  claims.role = text_claim(*payload, "role");
  claims.token_id = text_claim(*payload, "jti");
  claims.session = text_claim(*payload, "sid");
  const auto expires = seconds_claim(*payload, "exp");
  if (claims.subject.empty() || !expires) return malformed();
  claims.expires_at_s = *expires;
  claims.issued_at_s = seconds_claim(*payload, "iat").value_or(0);
  const auto not_before = seconds_claim(*payload, "nbf");
  if (not_before && now.us / 1'000'000 < *not_before)
    return refusal(TokenFault::not_yet_valid,
                   "the bearer token is not valid yet; check that the clocks of the nodes agree");
  if (auto valid = check_time(claims, now); !valid) return valid.error();
  return claims;
}

std::size_t TokenKey::cached() const {
  const std::lock_guard lock(mutex_);
  return recent_.size() + older_.size();
}

const Claims* TokenKey::find_cached(std::string_view token) const {
  const auto recent = recent_.find(token);
  if (recent != recent_.end()) return &recent->second;
  const auto older = older_.find(token);
  if (older == older_.end()) return nullptr;
  const Claims claims = older->second;
  cache(token, claims);
  const auto moved = recent_.find(token);
  return moved == recent_.end() ? nullptr : &moved->second;
}

void TokenKey::cache(std::string_view token, const Claims& claims) const {
  if (generation_max_ == 0) return;
  if (recent_.size() >= generation_max_) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  recent_.emplace(token, claims);
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() || lower(authorization.substr(0, scheme.size())) != scheme) return {};
  return trim(authorization.substr(scheme.size()));
}

}  // namespace sagactl::auth

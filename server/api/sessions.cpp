#include "server/api/sessions.hpp"

#include "common/crypto.hpp"

namespace sagactl::api {
namespace {

Error unauthorized() {
  return Error{ErrorCode::unauthenticated, "Unauthorized"};
}

std::int64_t seconds(Timestamp time) {
  return time.us / 1'000'000;
}

http::Caller caller_of(const User& user) {
  return http::Caller{user.id.text(), user.email, std::string(to_string(user.role)), ""};
}

}  // namespace

Sessions::Sessions(SessionOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      access_key_(options_.access_secret),
      refresh_key_(options_.refresh_secret) {}

Sessions::Pair Sessions::issue(const User& user) const {
  const Timestamp now = clock_.now();
  auth::Claims claims;
  claims.subject = user.id.text();
  claims.email = user.email;
  claims.role = std::string(to_string(user.role));
  claims.token_id = hex(random_bytes(8));
  claims.issued_at_s = seconds(now);
  claims.expires_at_s = seconds(now + options_.access_lifetime);
  Pair pair;
  pair.access = access_key_.sign(claims);
  claims.expires_at_s = seconds(now + options_.refresh_lifetime);
  pair.refresh = refresh_key_.sign(claims);
  return pair;
}

Result<http::Caller> Sessions::authenticate(const http::Request& request) {
  const std::string_view token = auth::bearer_token(request.header("authorization"));
  if (token.empty()) return unauthorized();
  if (!options_.operator_token.empty() && equal_in_constant_time(token, options_.operator_token))
    return caller_of(options_.operator_user);
  auto claims = access_key_.verify(token, clock_.now());
  if (!claims || !UserId::parse(claims->subject) || !from_string<Role>(claims->role)) return unauthorized();
  return http::Caller{std::move(claims->subject), std::move(claims->email), std::move(claims->role),
                      std::move(claims->token_id)};
}

Result<UserId> Sessions::user_of_refresh(std::string_view token) {
  const auto claims = refresh_key_.verify(token, clock_.now());
  if (!claims) return claims.error();
  const auto id = UserId::parse(claims->subject);
  if (!id) return unauthorized();
  return *id;
}

std::string Sessions::hash_of(std::string_view refresh_token) {
  return hex(sha256(refresh_token));
}

}  // namespace sagactl::api

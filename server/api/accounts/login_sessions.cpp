#include "server/api/accounts/login_sessions.hpp"

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

LoginSessions::LoginSessions(SessionOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      access_key_(options_.access_secret),
      refresh_key_(options_.refresh_secret) {}

Timestamp LoginSessions::next_expiry() const {
  return {seconds(clock_.now() + options_.refresh_lifetime) * 1'000'000};
}

LoginSessions::Pair LoginSessions::make_pair(const User& user, std::string session, std::string refresh_id,
                                             Timestamp until) const {
  auth::Claims claims;
  claims.subject = user.id.text();
  claims.email = user.email;
  claims.role = std::string(to_string(user.role));
  claims.token_id = hex(random_bytes(8));
  claims.session = session;
  const Timestamp now = clock_.now();
  claims.issued_at_s = seconds(now);
  claims.expires_at_s = seconds(now + options_.access_lifetime);
  Pair pair;
  pair.access = access_key_.sign(claims);
  claims.token_id = std::move(refresh_id);
  claims.issued_at_s = seconds(until - options_.refresh_lifetime);
  claims.expires_at_s = seconds(until);
  pair.refresh = refresh_key_.sign(claims);
  pair.session = {std::move(session), hash_of(pair.refresh), "", now, until};
  return pair;
}

LoginSessions::Pair LoginSessions::issue(const User& user) const {
  return make_pair(user, hex(random_bytes(8)), hex(random_bytes(8)), next_expiry());
}

LoginSessions::Pair LoginSessions::renew(const User& user, std::string_view refresh_token, Timestamp until) const {
  const auto derived = [&](std::string_view what) {
    const std::string all = hex(hmac_sha256(options_.refresh_secret, std::string(what) + std::string(refresh_token)));
    return all.substr(0, 16);
  };
  auto claims = refresh_key_.verify(refresh_token, clock_.now());
  std::string session = claims ? claims->session : std::string();
  if (session.empty()) session = derived("the session of ");
  return make_pair(user, std::move(session), derived("the token after "), until);
}

Result<http::Caller> LoginSessions::authenticate(const http::Request& request) {
  const std::string_view token = auth::bearer_token(request.header("authorization"));
  if (token.empty()) return unauthorized();
  if (!options_.operator_token.empty() && equal_in_constant_time(token, options_.operator_token))
    return caller_of(options_.operator_user);
  auto claims = access_key_.verify(token, clock_.now());
  if (!claims || !from_string<Role>(claims->role)) return unauthorized();
  const auto user = UserId::parse(claims->subject);
  if (!user) return unauthorized();
  if (const auto now = changed_rights_.of(*user)) {
    if (now->status != UserStatus::active) return unauthorized();
    claims->role = std::string(to_string(now->role));
  }
  return http::Caller{std::move(claims->subject), std::move(claims->email), std::move(claims->role),
                      std::move(claims->token_id), std::move(claims->session)};
}

Result<UserId> LoginSessions::user_of_refresh(std::string_view token) {
  const auto claims = refresh_key_.verify(token, clock_.now());
  if (!claims) return claims.error();
  const auto id = UserId::parse(claims->subject);
  if (!id) return unauthorized();
  return *id;
}

std::string LoginSessions::session_of_refresh(std::string_view token) {
  const auto claims = refresh_key_.verify(token, clock_.now());
  return claims ? claims->session : std::string();
}

std::string LoginSessions::fingerprint() const {
  const std::string key =
      std::to_string(options_.access_secret.size()) + ' ' + options_.access_secret + options_.refresh_secret;
  return hex(hmac_sha256(key, "whether nodes share their secrets")).substr(0, 16);
}

std::string LoginSessions::hash_of(std::string_view refresh_token) {
  return hex(sha256(refresh_token));
}

}  // namespace sagactl::api

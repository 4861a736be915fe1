// Login sessions: issues the tokens of a session, renews them, and authenticates callers by them.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/api/accounts/changed_rights.hpp"
#include "server/auth/jwt.hpp"
#include "server/http/message/request.hpp"
#include "server/participants/user.hpp"
#include "server/ports/clock.hpp"

namespace sagactl::api {

struct SessionOptions {
  std::string access_secret, refresh_secret;
  Duration access_lifetime = std::chrono::minutes(15);
  Duration refresh_lifetime = std::chrono::hours(24 * 7);
  std::string operator_token;  // a bearer token that authenticates operator_user; empty: none does
  User operator_user;
};

class LoginSessions {
 public:
  // `clock` outlives this.
  LoginSessions(SessionOptions options, Clock& clock);

  struct Pair {
    std::string access, refresh;
    LoginSession session;  // as it is to be stored
  };
  // For a new session; never the same twice.
  Pair issue(const User& user) const;
  // The session's next pair. Deterministic in the refresh token and `until`, so that a client whose answer was lost, or
  // that sent the request twice, gets the tokens that are stored.
  Pair renew(const User& user, std::string_view refresh_token, Timestamp until) const;
  Timestamp next_expiry() const;  // of a refresh token issued now

  // The router's authenticator: "Unauthorized" for any reason. Any thread.
  Result<http::Caller> authenticate(const http::Request& request);

  // The user and the session of a refresh token with a valid signature. Whether it is the session's current one, the
  // engine decides.
  Result<UserId> user_of_refresh(std::string_view token);
  std::string session_of_refresh(std::string_view token);

  // The form in which a refresh token is stored.
  static std::string hash_of(std::string_view refresh_token);

  // Equal on nodes that have the same secrets; does not reveal them.
  std::string fingerprint() const;

  ChangedRights& changed_rights() { return changed_rights_; }
  bool is_operator(std::string_view email) const { return email == options_.operator_user.email; }
  Duration access_lifetime() const { return options_.access_lifetime; }

 private:
  Pair make_pair(const User& user, std::string session, std::string refresh_id, Timestamp until) const;

  const SessionOptions options_;
  Clock& clock_;
  auth::TokenKey access_key_, refresh_key_;
  ChangedRights changed_rights_;
};

}  // namespace sagactl::api

// Who is logged in: makes the tokens of a session, and finds out who calls.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/api/accounts/rights.hpp"
#include "server/auth/jwt.hpp"
#include "server/http/message/request.hpp"
#include "server/participants/user.hpp"
#include "server/ports/clock.hpp"

namespace sagactl::api {

struct SessionOptions {
  std::string access_secret, refresh_secret;
  Duration access_lifetime = std::chrono::minutes(15);
  Duration refresh_lifetime = std::chrono::hours(24 * 7);
  std::string operator_token;  // who shows this is the admin below; empty: nobody
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
  // Of a new session; never the same twice.
  Pair issue(const User& user) const;
  // The next pair of a session. The same refresh token always gives the same next one, as long as `until` is the same:
  // so that a client whose answer got lost, or who asked twice at once, gets what the session has.
  Pair renew(const User& user, std::string_view refresh_token, Timestamp until) const;
  Timestamp next_expiry() const;  // of a refresh token that is made now

  // The router's authenticator: "Unauthorized" for any reason. Any thread.
  Result<http::Caller> authenticate(const http::Request& request);

  // Whose refresh token it is; whether it is the one that is good, the engine knows.
  Result<UserId> user_of_refresh(std::string_view token);
  // And of which session.
  std::string session_of_refresh(std::string_view token);

  // How a refresh token is stored.
  static std::string hash_of(std::string_view refresh_token);

  // By what nodes can tell whether they share their secrets, which cannot be found out by it.
  std::string fingerprint() const;

  // What has changed of users' rights since their tokens were made.
  Rights& rights() { return rights_; }
  bool is_operator(std::string_view email) const { return email == options_.operator_user.email; }
  Duration access_lifetime() const { return options_.access_lifetime; }

 private:
  Pair make_pair(const User& user, std::string session, std::string refresh_id, Timestamp until) const;

  const SessionOptions options_;
  Clock& clock_;
  auth::TokenKey access_key_, refresh_key_;
  Rights rights_;
};

}  // namespace sagactl::api

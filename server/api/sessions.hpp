// Who is logged in: makes the tokens of a session, and finds out who calls.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/auth/jwt.hpp"
#include "server/http/request.hpp"
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

class Sessions {
 public:
  // `clock` outlives this.
  Sessions(SessionOptions options, Clock& clock);

  struct Pair {
    std::string access, refresh;
  };
  // A new pair, never the same twice.
  Pair issue(const User& user) const;

  // The router's authenticator: "Unauthorized" for any reason. Any thread.
  Result<http::Caller> authenticate(const http::Request& request);

  // Whose refresh token it is; whether it is the one that is good, the engine knows.
  Result<UserId> user_of_refresh(std::string_view token);

  // How a refresh token is stored.
  static std::string hash_of(std::string_view refresh_token);

 private:
  const SessionOptions options_;
  Clock& clock_;
  auth::TokenKey access_key_, refresh_key_;
};

}  // namespace sagactl::api

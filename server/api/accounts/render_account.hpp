// Users and sessions as JSON. Pure.
#pragma once

#include "common/text/json.hpp"
#include "server/api/accounts/login_sessions.hpp"
#include "server/http/message/response.hpp"
#include "server/participants/user.hpp"

namespace sagactl::api {

// The user in the answers of /auth.
Json user_json(const User& user);

// The user in the answers of /users.
Json account_json(const User& user);

// A new pair of tokens with the user; not to be stored by caches.
http::Response session_response(int status, const User& user, const LoginSessions::Pair& tokens);

}  // namespace sagactl::api

// Passwords: checked under the login limit, hashed on the hashers' threads, and read from bodies.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "common/result.hpp"
#include "server/api/context.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/validate.hpp"
#include "server/participants/user.hpp"

namespace sagactl::api {

constexpr std::size_t email_max = 254;
constexpr std::size_t password_max = 128;

struct LoginRequest {
  std::string email, password;
};

// A user who is to be created, and the password: {email, password, firstName, lastName}.
struct NewUser {
  User user;
  std::string password;
};
NewUser read_new_user(http::ObjectReader& body);

// `busy`: the node has no capacity to hash, or this client has too many in the queue.
boost::asio::awaitable<Result<std::string>> hash_password(Context& context, const http::Request& request,
                                                          std::string password);

// The user whose e-mail address and password these are; `unauthenticated` otherwise. Every check of a password, on any
// route, counts against the limit of the client and the account: `busy` when it is reached. Context and request outlive
// the await.
boost::asio::awaitable<Result<User>> check_login(Context& context, http::Request& request, LoginRequest login);

// The error for a limit that is reached: `busy` with retryAfterSeconds. `what` there are too many of.
Error limit_reached(Duration wait, std::string_view what);

}  // namespace sagactl::api

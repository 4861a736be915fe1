// Accounts and sessions: register, log in, renew, log out, profile.
#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/api/query.hpp"
#include "server/api/routes.hpp"
#include "server/api/orders/submit.hpp"
#include "server/auth/password.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::size_t name_max = 50;
constexpr std::size_t email_max = 254;
constexpr std::size_t password_max = 128;
constexpr std::size_t token_max = 4096;

Error invalid_credentials() {
  return Error{ErrorCode::unauthenticated, "Invalid credentials"};
}

Error invalid_refresh_token() {
  return Error{ErrorCode::unauthenticated, "Invalid refresh token"};
}

Json user_json(const User& user) {
  return Json{{"id", user.id.text()},         {"email", user.email},
              {"firstName", user.first_name}, {"lastName", user.last_name},
              {"role", to_string(user.role)}, {"status", to_string(user.status)}};
}

http::Response session_response(int status, const User& user, const LoginSessions::Pair& tokens) {
  http::Response response = http::json_response(
      status,
      Json{{"accessToken", tokens.access}, {"refreshToken", tokens.refresh}, {"user", user_json(user)}});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

struct Registration {
  User user;
  std::string password;
};

Result<Registration> parse_registration(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::Object body(*json);
  Registration registration;
  User& user = registration.user;
  user.email = lower(body.text("email", {.max = email_max, .email = true}));
  registration.password = body.text("password", {.min = 8, .max = password_max});
  user.first_name = body.text("firstName", {.max = name_max});
  user.last_name = body.text("lastName", {.max = name_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return registration;
}

struct Credentials {
  std::string email, password;
};

Result<Credentials> parse_credentials(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::Object body(*json);
  Credentials credentials;
  credentials.email = lower(body.text("email", {.max = email_max, .email = true}));
  credentials.password = body.text("password", {.max = password_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return credentials;
}

// The user, when the password is theirs. An e-mail address that nobody has takes as long, so that the time of
// the answer does not tell who is a customer.
Result<User> check_password(std::optional<User> user, const std::string& password,
                            const auth::PasswordCost& cost) {
  const bool right = user ? auth::verify_password(user->password_hash, password)
                          : auth::verify_nobodys_password(password, cost);
  if (!right || user->status != UserStatus::active) return invalid_credentials();
  return std::move(*user);
}

Error too_many(Duration wait, std::string_view what) {
  const std::int64_t seconds = std::max<std::int64_t>(1, (wait.count() + 999'999) / 1'000'000);
  return Error{ErrorCode::busy, fmt::format("too many {}; try again in {} s", what, seconds),
               Json{{"retryAfterSeconds", seconds}}};
}

// Finds the user and checks the password, each on its threads. Every look at a password is counted, whatever for.
awaitable<Result<User>> authenticate(Context& context, Request& request, Credentials credentials) {
  const std::string address = auth::address_for_limits(request.client), account = credentials.email;
  const bool limited = !request.is_from_this_machine();
  if (limited) {
    const Duration wait = context.login_limit.begin(address, account, context.clock.steady());
    if (wait.count() > 0) co_return too_many(wait, "wrong passwords from this address, or for this account");
  }
  auto find = [&queries = context.queries, email = credentials.email] {
    return queries.user_by_email(email);
  };
  auto found = co_await context.query_threads.run(std::move(find));
  if (!found) {
    if (limited) context.login_limit.withdraw(address, account, context.clock.steady());
    co_return found.error();
  }
  auto check = [user = std::move(found).value(), password = std::move(credentials.password),
                cost = context.options.password_cost] { return check_password(user, password, cost); };
  Result<User> user = co_await context.hashers.run(std::move(check), address);
  if (limited && user) context.login_limit.succeeded(address, account, context.clock.steady());
  if (limited && !user && user.error().code != ErrorCode::unauthenticated)
    context.login_limit.withdraw(address, account, context.clock.steady());
  co_return user;
}

awaitable<Answer> begin_session(Context& context, Request& request, User user, int status) {
  const LoginSessions::Pair tokens = context.sessions.issue(user);
  Command command = BeginSession{user.id, tokens.session};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return done.error();
  co_return session_response(status, *done->user, tokens);
}

// The e-mail address exists. With an Idempotency-Key this may be the same request again, whose answer got
// lost: the one who knows the password and gives the same names gets a new session, as they would by logging
// in.
awaitable<Answer> register_again(Context& context, Request& request, Registration registration) {
  const Error exists{ErrorCode::conflict, "Email already exists"};
  if (request.header("idempotency-key").empty()) co_return exists;
  Credentials credentials{registration.user.email, std::move(registration.password)};
  Result<User> user = co_await authenticate(context, request, std::move(credentials));
  if (!user && user.error().code != ErrorCode::unauthenticated) co_return user.error();
  if (!user || user->first_name != registration.user.first_name ||
      user->last_name != registration.user.last_name)
    co_return exists;
  Answer answer = co_await begin_session(context, request, std::move(user).value(), 201);
  if (answer) answer->headers.push_back({"Idempotency-Replayed", "true"});
  co_return answer;
}

awaitable<Answer> register_user(Context& context, Request& request) {
  auto registration = parse_registration(request);
  if (!registration) co_return registration.error();
  const std::string address = auth::address_for_limits(request.client);
  if (!request.is_from_this_machine()) {
    const Duration wait = context.login_limit.begin_registration(address, context.clock.steady());
    if (wait.count() > 0) co_return too_many(wait, "registrations from this address");
  }
  auto hash = [password = registration->password, cost = context.options.password_cost] {
    return auth::hash_password(password, cost);
  };
  auto hashed = co_await context.hashers.run(std::move(hash), address);
  if (!hashed) co_return hashed.error();

  User& user = registration->user;
  user.id = UserId::fresh();
  user.password_hash = std::move(hashed).value();
  const LoginSessions::Pair tokens = context.sessions.issue(user);
  user.sessions = {tokens.session};
  Command command = RegisterUser{user};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (done) co_return session_response(201, *done->user, tokens);
  if (done.error().code != ErrorCode::conflict) co_return done.error();
  co_return co_await register_again(context, request, std::move(registration).value());
}

awaitable<Answer> log_in(Context& context, Request& request) {
  auto credentials = parse_credentials(request);
  if (!credentials) co_return credentials.error();
  Result<User> user = co_await authenticate(context, request, std::move(credentials).value());
  if (!user) co_return user.error();
  co_return co_await begin_session(context, request, std::move(user).value(), 200);
}

Error renewed_meanwhile() {
  return Error{ErrorCode::conflict,
               "another request has renewed this refresh token a moment ago: use the tokens that it got",
               Json{{"code", "REFRESH_TOKEN_RENEWED"}}};
}

// Needs no access token: that one has usually run out when this is called. A refresh token from before the last one
// ends the session, since two parties have it now; the last one that comes again at once gets the same answer again.
awaitable<Answer> refresh(Context& context, Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::Object body(*json);
  const std::string old_token = body.text("refreshToken", {.max = token_max, .not_empty = true});
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  const auto id = context.sessions.user_of_refresh(old_token);
  if (!id) co_return invalid_refresh_token();
  auto find = [&queries = context.queries, id = *id] { return queries.user(id); };
  const auto user = co_await context.query_threads.run(find);
  if (!user) co_return user.error();
  if (!*user || (*user)->status != UserStatus::active) co_return invalid_refresh_token();

  LoginSessions::Pair tokens = context.sessions.renew(**user, old_token, context.sessions.next_expiry());
  Command command = RenewSession{*id, context.sessions.session_of_refresh(old_token), LoginSessions::hash_of(old_token),
                                 tokens.session};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done && done.error().code == ErrorCode::unauthenticated) co_return invalid_refresh_token();
  if (!done) co_return done.error();
  for (const LoginSession& session : done->user->sessions) {
    if (session.id != tokens.session.id || session.hash == tokens.session.hash) continue;
    // Another request was quicker with the same token.
    tokens = context.sessions.renew(**user, old_token, session.expires_at);
    if (tokens.session.hash != session.hash) co_return renewed_meanwhile();
  }
  context.login_limit.know(auth::address_for_limits(request.client), done->user->email);
  co_return session_response(200, *done->user, tokens);
}

// Ends the session of the token, and no other one of the user.
awaitable<Answer> log_out(Context& context, Request& request) {
  Command command = EndSession{actor_of(request).user, request.caller->session};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done && done.error().code != ErrorCode::not_found) co_return done.error();
  const Json body{{"message", "Logout successful"}};
  co_return http::json_response(200, body);
}

awaitable<Answer> profile(Context& context, Request& request) {
  auto find = [&queries = context.queries, id = actor_of(request).user] { return queries.user(id); };
  const auto found = co_await context.query_threads.run(find);
  if (!found) co_return found.error();
  if (!*found) co_return Error{ErrorCode::unauthenticated, "Unauthorized"};
  const User& user = **found;
  Json body = user_json(user);
  body["emailVerified"] = user.email_verified;
  body["createdAt"] = iso8601_ms(user.created_at);
  body["updatedAt"] = iso8601_ms(user.updated_at);
  body["fullName"] = fmt::format("{} {}", user.first_name, user.last_name);
  co_return http::json_response(200, body);
}

}  // namespace

void add_auth_routes(http::Router& router, Context& context) {
  using http::Access;
  using http::Method;
  const auto add = [&](Method method, std::string pattern, Access access,
                       awaitable<Answer> (*handler)(Context&, Request&), std::string summary) {
    router.add({method, std::move(pattern), access,
                [&context, handler](Request& request) { return handler(context, request); },
                std::move(summary), "accounts"});
  };
  add(Method::post, "/auth/register", Access::anyone, register_user, "Makes an account and logs in");
  add(Method::post, "/auth/login", Access::anyone, log_in, "Logs in");
  add(Method::post, "/auth/refresh", Access::anyone, refresh, "A new pair of tokens for a refresh token");
  add(Method::post, "/auth/logout", Access::user, log_out, "Ends the session of the token");
  add(Method::get, "/auth/profile", Access::user, profile, "The caller");
}

}  // namespace sagactl::api

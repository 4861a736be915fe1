// Sessions: log in, refresh, log out, and whose they are.
#include <fmt/format.h>

#include "common/text/text.hpp"
#include "server/api/accounts/begin_session.hpp"
#include "server/api/accounts/handlers.hpp"
#include "server/api/accounts/password_check.hpp"
#include "server/api/accounts/render_account.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t token_max = 4096;

Error invalid_refresh_token() {
  return Error{ErrorCode::unauthenticated, "Invalid refresh token"};
}

Error already_renewed() {
  return Error{ErrorCode::conflict,
               "another request has just renewed this refresh token: use the tokens that it received",
               Json{{"code", "REFRESH_TOKEN_RENEWED"}}};
}

Result<LoginRequest> parse_login(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  LoginRequest login;
  login.email = lower(body.text("email", {.max = email_max, .email = true}));
  login.password = body.text("password", {.max = password_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return login;
}

Result<std::string> parse_refresh_token(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  std::string token = body.text("refreshToken", {.max = token_max, .not_empty = true});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return token;
}

}  // namespace

awaitable<Answer> log_in(Context& context, Request& request) {
  auto login = parse_login(request);
  if (!login) co_return login.error();
  Result<User> user = co_await check_login(context, request, std::move(login).value());
  if (!user) co_return user.error();
  co_return co_await begin_session(context, request, std::move(user).value(), 200);
}

// A refresh token older than the previous one ends the session, since two parties have it now. The previous one, sent
// again at once, gets the same answer again.
awaitable<Answer> refresh_session(Context& context, Request& request) {
  const auto parsed = parse_refresh_token(request);
  if (!parsed) co_return parsed.error();
  const std::string& old_token = *parsed;
  const auto id = context.sessions.user_of_refresh(old_token);
  if (!id) co_return invalid_refresh_token();
  auto find = [&queries = context.queries, id = *id] { return queries.user(id); };
  const auto user = co_await context.query_threads.run(find);
  if (!user) co_return user.error();
  if (!*user || (*user)->status != UserStatus::active) co_return invalid_refresh_token();

  LoginSessions::Pair tokens = context.sessions.renew(**user, old_token, context.sessions.next_expiry());
  Command command = RenewSession{*id, context.sessions.session_of_refresh(old_token), LoginSessions::hash_of(old_token),
                                 tokens.session};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt && receipt.error().code == ErrorCode::unauthenticated) co_return invalid_refresh_token();
  if (!receipt) co_return receipt.error();
  for (const LoginSession& session : receipt->user->sessions) {
    if (session.id != tokens.session.id || session.hash == tokens.session.hash) continue;
    // A concurrent request with the same token was first.
    tokens = context.sessions.renew(**user, old_token, session.expires_at);
    if (tokens.session.hash != session.hash) co_return already_renewed();
  }
  context.login_limit.know(auth::address_for_limits(request.client), receipt->user->email);
  co_return session_response(200, *receipt->user, tokens);
}

// Other sessions of the user continue.
awaitable<Answer> log_out(Context& context, Request& request) {
  Command command = EndSession{actor_of(request).user, request.caller->session};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt && receipt.error().code != ErrorCode::not_found) co_return receipt.error();
  const Json body{{"message", "Logout successful"}};
  co_return http::json_response(200, body);
}

awaitable<Answer> get_profile(Context& context, Request& request) {
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

}  // namespace sagactl::api

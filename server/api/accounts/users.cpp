// Users, for operators: who there is, a new one with any role, and what becomes of a role or of a user's access.
#include <fmt/format.h>

#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/api/query.hpp"
#include "server/api/routes.hpp"
#include "server/api/orders/submit.hpp"
#include "server/auth/login_limit.hpp"
#include "server/auth/password.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::int64_t users_max = 1000;

Json account_json(const User& user) {
  return Json{{"id", user.id.text()},
              {"email", user.email},
              {"firstName", user.first_name},
              {"lastName", user.last_name},
              {"role", to_string(user.role)},
              {"status", to_string(user.status)},
              {"sessions", user.sessions.size()},
              {"createdAt", iso8601_ms(user.created_at)},
              {"updatedAt", iso8601_ms(user.updated_at)}};
}

void log_rights(const Request& request, const User& user) {
  log_info("an operator has set a user's rights", {{"by", request.caller->email},
                                                   {"user", user.email},
                                                   {"role", to_string(user.role)},
                                                   {"status", to_string(user.status)}});
}

awaitable<Answer> list_users(Context& context, Request& request) {
  QueryReader query(request);
  const std::int64_t limit = query.integer("limit", 100, 1, users_max);
  const std::string after = query.text("after");
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto find = [&queries = context.queries, after, limit] {
    return queries.users(after, static_cast<std::size_t>(limit));
  };
  const auto users = co_await context.query_threads.run(find);
  if (!users) co_return users.error();
  Json list = Json::array();
  for (const User& user : *users) list.push_back(account_json(user));
  const bool more = static_cast<std::int64_t>(users->size()) == limit;
  const Json body{{"users", std::move(list)}, {"next", more ? Json(users->back().email) : Json(nullptr)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> add_user(Context& context, Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::Object body(*json);
  User user;
  user.email = lower(body.text("email", {.max = 254, .email = true}));
  const std::string password = body.text("password", {.min = 8, .max = 128});
  user.first_name = body.text("firstName", {.max = 50});
  user.last_name = body.text("lastName", {.max = 50});
  const std::string role = body.one_of("role", Spelling<Role>::names);
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  user.role = *from_string<Role>(role);
  auto hash = [password, cost = context.options.password_cost] { return auth::hash_password(password, cost); };
  auto hashed = co_await context.hashers.run(std::move(hash), auth::address_for_limits(request.client));
  if (!hashed) co_return hashed.error();
  user.id = UserId::fresh();
  user.password_hash = std::move(hashed).value();
  Command command = RegisterUser{std::move(user)};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return done.error();
  log_rights(request, *done->user);
  co_return http::json_response(201, account_json(*done->user));
}

awaitable<Answer> change_user(Context& context, Request& request) {
  const auto email = text_parameter(request, "email");
  if (!email) co_return email.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::Object body(*json);
  ChangeRights change{lower(*email)};
  if (body.has("role")) change.role = from_string<Role>(body.one_of("role", Spelling<Role>::names));
  if (body.has("status")) change.status = from_string<UserStatus>(body.one_of("status", Spelling<UserStatus>::names));
  if (!body.has("role") && !body.has("status")) body.fault("role or status must be given");
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  if (context.sessions.is_operator(change.email))
    co_return Error{ErrorCode::invalid, "the rights of the operator credential's own account cannot be changed"};
  Command command = std::move(change);
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return done.error();
  log_rights(request, *done->user);
  co_return http::json_response(200, account_json(*done->user));
}

}  // namespace

void add_user_routes(http::Router& router, Context& context) {
  using http::Access;
  using http::Method;
  const auto add = [&](Method method, std::string pattern, awaitable<Answer> (*handler)(Context&, Request&),
                       std::string summary) {
    router.add({method, std::move(pattern), Access::admin,
                [&context, handler](Request& request) { return handler(context, request); }, std::move(summary),
                "accounts"});
  };
  add(Method::get, "/users", list_users, "All users, by e-mail address");
  add(Method::post, "/users", add_user, "Makes an account with any role");
  add(Method::put, "/users/{email}", change_user, "Sets a user's role or status; sessions of one that is disabled end");
}

}  // namespace sagactl::api

// Users, for operators: list them, create one with any role, change a role or a status.
#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/api/accounts/handlers.hpp"
#include "server/api/accounts/password_check.hpp"
#include "server/api/accounts/render_account.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t users_max = 1000;

void log_rights(const Request& request, const User& user) {
  log_info("an operator set a user's rights", {{"by", request.caller->email},
                                               {"user", user.email},
                                               {"role", to_string(user.role)},
                                               {"status", to_string(user.status)}});
}

}  // namespace

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

awaitable<Answer> create_user(Context& context, Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader body(*json);
  NewUser created = read_new_user(body);
  const std::string role = body.one_of("role", Spelling<Role>::names);
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  User& user = created.user;
  user.role = *from_string<Role>(role);
  auto hash = co_await hash_password(context, request, std::move(created.password));
  if (!hash) co_return hash.error();
  user.id = UserId::fresh();
  user.password_hash = std::move(hash).value();
  Command command = RegisterUser{std::move(user)};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  log_rights(request, *receipt->user);
  co_return http::json_response(201, account_json(*receipt->user));
}

awaitable<Answer> change_user(Context& context, Request& request) {
  const auto email = text_parameter(request, "email");
  if (!email) co_return email.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader body(*json);
  ChangeRights change{lower(*email)};
  const auto role = body.optional_one_of("role", Spelling<Role>::names);
  const auto status = body.optional_one_of("status", Spelling<UserStatus>::names);
  if (!role && !status) body.fault("role or status must be given");
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  if (role) change.role = from_string<Role>(*role);
  if (status) change.status = from_string<UserStatus>(*status);
  if (context.sessions.is_operator(change.email))
    co_return Error{ErrorCode::invalid, "the rights of the operator credential's own account cannot be changed"};
  Command command = std::move(change);
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  log_rights(request, *receipt->user);
  co_return http::json_response(200, account_json(*receipt->user));
}

}  // namespace sagactl::api

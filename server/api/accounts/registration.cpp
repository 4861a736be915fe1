// POST /auth/register.
#include "server/api/accounts/begin_session.hpp"
#include "server/api/accounts/handlers.hpp"
#include "server/api/accounts/password_check.hpp"
#include "server/api/accounts/render_account.hpp"
#include "server/api/submit.hpp"
#include "server/auth/login_limit.hpp"
#include "server/http/message/json_body.hpp"

namespace sagactl::api {
namespace {

Result<NewUser> parse_new_user(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  NewUser created = read_new_user(body);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return created;
}

// The e-mail address exists. With an Idempotency-Key this may be a repeat of the request that created the account,
// whose answer was lost: whoever knows the password and sends the same names gets a new session, as by logging in.
awaitable<Answer> register_again(Context& context, Request& request, NewUser repeated) {
  const Error exists{ErrorCode::conflict, "Email already exists"};
  if (request.header("idempotency-key").empty()) co_return exists;
  LoginRequest login{repeated.user.email, std::move(repeated.password)};
  Result<User> user = co_await check_login(context, request, std::move(login));
  if (!user && user.error().code != ErrorCode::unauthenticated) co_return user.error();
  if (!user || user->first_name != repeated.user.first_name || user->last_name != repeated.user.last_name)
    co_return exists;
  Answer answer = co_await begin_session(context, request, std::move(user).value(), 201);
  if (answer) answer->headers.push_back({"Idempotency-Replayed", "true"});
  co_return answer;
}

}  // namespace

awaitable<Answer> register_user(Context& context, Request& request) {
  auto created = parse_new_user(request);
  if (!created) co_return created.error();
  if (!request.is_from_this_machine()) {
    const std::string address = auth::address_for_limits(request.client);
    const Duration wait = context.login_limit.begin_registration(address, context.clock.steady());
    if (wait.count() > 0) co_return limit_reached(wait, "registrations from this address");
  }
  auto hash = co_await hash_password(context, request, created->password);
  if (!hash) co_return hash.error();

  User& user = created->user;
  user.id = UserId::fresh();
  user.password_hash = std::move(hash).value();
  const LoginSessions::Pair tokens = context.sessions.issue(user);
  user.sessions = {tokens.session};
  Command command = RegisterUser{user};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (receipt) co_return session_response(201, *receipt->user, tokens);
  if (receipt.error().code != ErrorCode::conflict) co_return receipt.error();
  co_return co_await register_again(context, request, std::move(created).value());
}

}  // namespace sagactl::api

#include "server/api/accounts/password_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/auth/login_limit.hpp"
#include "server/auth/password.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;

constexpr std::size_t name_max = 50;
constexpr std::size_t password_min = 8;

// For an e-mail address that does not exist this takes as long, so that the response time does not reveal who has an
// account.
Result<User> check_password(std::optional<User> user, const std::string& password, const auth::PasswordCost& cost) {
  const bool matches =
      user ? auth::verify_password(user->password_hash, password) : auth::verify_nobodys_password(password, cost);
  if (!matches || user->status != UserStatus::active) return Error{ErrorCode::unauthenticated, "Invalid credentials"};
  return std::move(*user);
}

}  // namespace

NewUser read_new_user(http::ObjectReader& body) {
  NewUser created;
  created.user.email = lower(body.text("email", {.max = email_max, .email = true}));
  created.password = body.text("password", {.min = password_min, .max = password_max});
  created.user.first_name = body.text("firstName", {.max = name_max});
  created.user.last_name = body.text("lastName", {.max = name_max});
  return created;
}

awaitable<Result<std::string>> hash_password(Context& context, const http::Request& request, std::string password) {
  auto hash = [password = std::move(password), cost = context.options.password_cost] {
    return auth::hash_password(password, cost);
  };
  co_return co_await context.hashers.run(std::move(hash), auth::address_for_limits(request.client));
}

awaitable<Result<User>> check_login(Context& context, http::Request& request, LoginRequest login) {
  const std::string address = auth::address_for_limits(request.client), account = login.email;
  const bool is_limited = !request.is_from_this_machine();
  if (is_limited) {
    const Duration wait = context.login_limit.begin(address, account, context.clock.steady());
    if (wait.count() > 0) co_return limit_reached(wait, "wrong passwords from this address or for this account");
  }
  auto find = [&queries = context.queries, email = login.email] { return queries.user_by_email(email); };
  auto found = co_await context.query_threads.run(std::move(find));
  if (!found) {
    if (is_limited) context.login_limit.withdraw(address, account, context.clock.steady());
    co_return found.error();
  }
  auto check = [user = std::move(found).value(), password = std::move(login.password),
                cost = context.options.password_cost] { return check_password(user, password, cost); };
  Result<User> user = co_await context.hashers.run(std::move(check), address);
  if (is_limited && user) context.login_limit.succeeded(address, account, context.clock.steady());
  if (is_limited && !user && user.error().code != ErrorCode::unauthenticated)
    context.login_limit.withdraw(address, account, context.clock.steady());
  co_return user;
}

Error limit_reached(Duration wait, std::string_view what) {
  const std::int64_t seconds = std::max<std::int64_t>(1, (wait.count() + 999'999) / 1'000'000);
  return Error{ErrorCode::busy, fmt::format("too many {}; try again in {} s", what, seconds),
               Json{{"retryAfterSeconds", seconds}}};
}

}  // namespace sagactl::api

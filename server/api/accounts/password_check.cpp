#include "server/api/accounts/password_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/api/submit.hpp"
#include "server/auth/login_limit.hpp"
#include "server/auth/password.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;

constexpr std::size_t name_max = 50;
constexpr std::size_t password_min = 8;

struct CheckedUser {
  User user;
  std::string new_hash;  // to be stored in place of the user's, which costs too little; empty: none
};

// For an e-mail address that does not exist this takes as long, so that the response time does not reveal who has an
// account.
Result<CheckedUser> check_password(std::optional<User> user, const std::string& password,
                                   const auth::PasswordCost& cost) {
  const bool matches =
      user ? auth::verify_password(user->password_hash, password) : auth::verify_nobodys_password(password, cost);
  if (!matches || user->status != UserStatus::active) return Error{ErrorCode::unauthenticated, "Invalid credentials"};
  CheckedUser checked{std::move(*user), {}};
  if (!auth::needs_rehash(checked.user.password_hash, cost)) return checked;
  // Whoever logs in is not refused when there is no memory for a better hash: the next log-in makes it.
  if (auto hash = auth::hash_password(password, cost)) checked.new_hash = std::move(hash).value();
  return checked;
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
  Result<CheckedUser> checked = co_await context.hashers.run(std::move(check), address);
  if (is_limited && checked) context.login_limit.succeeded(address, account, context.clock.steady());
  if (is_limited && !checked && checked.error().code != ErrorCode::unauthenticated)
    context.login_limit.withdraw(address, account, context.clock.steady());
  if (!checked) co_return checked.error();
  User user = std::move(checked->user);
  if (!checked->new_hash.empty()) {
    user.password_hash = std::move(checked->new_hash);
    Command command = RegisterUser{user};
    const Result<Receipt> replaced = co_await submit(context, request, std::move(command));
    (void)replaced;  // as above
  }
  co_return user;
}

Error limit_reached(Duration wait, std::string_view what) {
  const std::int64_t seconds = std::max<std::int64_t>(1, (wait.count() + 999'999) / 1'000'000);
  return Error{ErrorCode::busy, fmt::format("too many {}; try again in {} s", what, seconds),
               Json{{"retryAfterSeconds", seconds}}};
}

}  // namespace sagactl::api

// Accounts and their sessions, and users for operators.
#include "server/api/routes.hpp"
#include "server/api/accounts/handlers.hpp"

namespace sagactl::api {

void add_account_routes(http::Router& router, Context& context) {
  using http::Method;
  using http::RouteAccess;
  const RouteGroup anyone{router, context, "accounts", RouteAccess::anyone};
  anyone.add(Method::post, "/auth/register", register_user, "Creates an account and logs in");
  anyone.add(Method::post, "/auth/login", log_in, "Logs in");
  // Needs no access token: that one has usually expired when a client refreshes.
  anyone.add(Method::post, "/auth/refresh", refresh_session, "Exchanges a refresh token for a new pair of tokens");

  const RouteGroup users{router, context, "accounts", RouteAccess::user};
  users.add(Method::post, "/auth/logout", log_out, "Ends the token's session");
  users.add(Method::get, "/auth/profile", get_profile, "The caller's account");

  const RouteGroup admins{router, context, "accounts", RouteAccess::admin};
  admins.add(Method::get, "/users", list_users, "All users, ordered by e-mail address");
  admins.add(Method::post, "/users", create_user, "Creates an account with any role");
  admins.add(Method::put, "/users/{email}", change_user, "Sets a user's role or status; disabling ends their sessions");
}

}  // namespace sagactl::api

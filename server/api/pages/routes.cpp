// The pages of the node: their documents and files, and logging in to them.
#include "server/api/routes.hpp"
#include "server/api/pages/handlers.hpp"

namespace sagactl::api {

void add_page_routes(http::Router& router, Context& context) {
  using http::Method;
  using http::RouteAccess;
  const RouteGroup anyone{router, context, "pages", RouteAccess::anyone};
  anyone.add(Method::get, "/", get_start, "The dashboard, or links as JSON");
  anyone.add(Method::get, "/ui", get_dashboard, "The dashboard");
  anyone.add(Method::get, "/ui/{path...}", get_dashboard, "The dashboard, at one of its places");
  anyone.add(Method::get, "/shop", get_shop, "The shop");
  anyone.add(Method::get, "/shop/{path...}", get_shop, "The shop, at one of its places");
  anyone.add(Method::get, "/ui/assets/{file}", get_asset, "A file of the pages");
  anyone.add(Method::get, "/ui/session", get_page_session, "Who is logged in, and what they may do");
  anyone.add(Method::post, "/ui/session", begin_page_session, "Logs a page in, by a code or a password");
  anyone.add(Method::del, "/ui/session", end_page_session, "Logs a page out");
  const RouteGroup users{router, context, "pages", RouteAccess::user};
  users.add(Method::post, "/ui/codes", create_page_code, "A code by which a page logs in as the caller, once");
  users.add(Method::get, "/ui/live", follow_page, "What a page shows, again whenever it has changed");
}

}  // namespace sagactl::api

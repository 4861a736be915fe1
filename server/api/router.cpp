#include "server/api/accounts/guest.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {
namespace {

// The caller of a request without a token, on the routes for guests alone. It may see everything there.
http::Caller guest() {
  http::Caller caller;
  caller.id = guest_id;
  caller.email = guest_email;
  caller.role = to_string(Role::admin);
  return caller;
}

}  // namespace

Result<http::Caller> authenticate(const Context& context, const http::Request& request) {
  // Pages of others, served here, could act with the cookie.
  if (context.options.serves_other_pages) return context.sessions.authenticate(request);
  return context.page_sessions.authenticate(request);
}

std::function<bool()> stays_authenticated(const Context& context, const http::Request& request) {
  auto asked = std::make_shared<http::Request>();
  asked->headers = request.headers;
  asked->cross_origin = request.cross_origin;
  return [asked = std::move(asked), caller = *request.caller, &context] {
    const auto now = authenticate(context, *asked);
    return now && now->id == caller.id && now->role == caller.role;
  };
}

std::shared_ptr<http::Router> make_router(Context& context) {
  auto router = std::make_shared<http::Router>();
  router->set_authenticator([&context](const http::Request& request) { return authenticate(context, request); });
  router->set_guest(guest(), context.options.allow_anonymous);
  for (const Surface& surface : surfaces) surface.add_routes(*router, context);
  return router;
}

}  // namespace sagactl::api

#include "server/api/accounts/guest.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {
namespace {

// Whoever uses a shop that knows no accounts. On the routes for guests alone, and sees all that is there.
http::Caller guest() {
  http::Caller caller;
  caller.id = guest_id;
  caller.email = guest_email;
  caller.role = to_string(Role::admin);
  return caller;
}

}  // namespace

std::shared_ptr<http::Router> make_router(Context& context) {
  auto router = std::make_shared<http::Router>();
  router->set_authenticator(
      [&context](const http::Request& request) { return context.sessions.authenticate(request); });
  router->set_guest(guest(), context.options.allow_anonymous);
  add_status_page(*router, context);
  add_auth_routes(*router, context);
  add_user_routes(*router, context);
  add_order_routes(*router, context);
  add_saga_routes(*router, context);
  add_definition_routes(*router, context);
  add_checkout_routes(*router, context);
  add_checkout_payment_routes(*router, context);
  add_inventory_routes(*router, context);
  add_purchase_routes(*router, context);
  add_operator_routes(*router, context);
  add_audit_routes(*router, context);
  add_maintenance_routes(*router, context);
  add_trace_routes(*router, context);
  add_lock_routes(*router, context);
  add_event_routes(*router, context);
  add_health_routes(*router, context);
  add_metrics_routes(*router, context);
  add_openapi_routes(*router);
  return router;
}

}  // namespace sagactl::api

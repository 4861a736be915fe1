#include "server/api/routes.hpp"

namespace sagactl::api {

std::shared_ptr<http::Router> make_router(Context& context) {
  auto router = std::make_shared<http::Router>();
  router->set_authenticator(
      [&context](const http::Request& request) { return context.sessions.authenticate(request); });
  add_status_page(*router, context);
  add_auth_routes(*router, context);
  add_order_routes(*router, context);
  add_saga_routes(*router, context);
  add_operator_routes(*router, context);
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

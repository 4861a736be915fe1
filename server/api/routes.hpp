// The surfaces of a node, one function per file. Each adds its routes; `context` outlives the router.
#pragma once

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

void add_auth_routes(http::Router& router, Context& context);         // auth.cpp
void add_user_routes(http::Router& router, Context& context);         // users.cpp
void add_order_routes(http::Router& router, Context& context);        // orders.cpp
void add_saga_routes(http::Router& router, Context& context);         // sagas.cpp
void add_definition_routes(http::Router& router, Context& context);   // definitions.cpp
void add_checkout_routes(http::Router& router, Context& context);     // checkout.cpp
void add_checkout_payment_routes(http::Router& router, Context& context);  // checkout_payments.cpp
void add_inventory_routes(http::Router& router, Context& context);    // inventory.cpp
void add_purchase_routes(http::Router& router, Context& context);     // purchase.cpp
void add_operator_routes(http::Router& router, Context& context);     // operate.cpp
void add_audit_routes(http::Router& router, Context& context);        // audit.cpp
void add_maintenance_routes(http::Router& router, Context& context);  // maintenance.cpp
void add_trace_routes(http::Router& router, Context& context);        // trace.cpp
void add_lock_routes(http::Router& router, Context& context);         // locks.cpp
void add_health_routes(http::Router& router, Context& context);       // health.cpp
void add_event_routes(http::Router& router, Context& context);        // events.cpp
void add_metrics_routes(http::Router& router, Context& context);      // metrics.cpp
void add_status_page(http::Router& router, Context& context);         // status_page.cpp
void add_openapi_routes(http::Router& router);  // openapi.cpp; last: it describes the others

// All of them, and the authenticator.
std::shared_ptr<http::Router> make_router(Context& context);

}  // namespace sagactl::api

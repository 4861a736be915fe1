// Operations: watching sagas of all surfaces and acting on them, locks, events, and the health of the node.
#include "server/api/routes.hpp"
#include "server/api/operations/handlers.hpp"

namespace sagactl::api {
namespace {

using http::Method;
using http::RouteAccess;

constexpr std::size_t answer_bytes_max = std::size_t{64} * 1024;  // of a participant's answer

void add_saga_routes(http::Router& router, Context& context) {
  const RouteGroup sagas{router, context, "sagas", RouteAccess::user};
  sagas.add(Method::get, "/sagas", list_sagas, "Sagas, newest first");
  sagas.add(Method::get, "/sagas/{id}", get_saga, "One saga");
  sagas.add(Method::get, "/sagas/correlation/{correlationId}", get_saga_by_correlation,
            "The saga with a correlation id, or of the latest order with an idempotency key");
  sagas.add(Method::get, "/sagas/status/{status}", list_sagas_in_status, "Sagas with a status");
  sagas.add(Method::get, "/sagas/orders/processing", list_order_processing_sagas,
            "Sagas of the type OrderProcessingSaga");
  sagas.add(Method::get, "/saga/status/{correlationId}", get_saga_by_correlation,
            "The same as GET /sagas/correlation/{correlationId}");
  sagas.add(Method::get, "/saga/active", list_active_sagas, "Sagas that have not ended");
}

void add_operator_routes(http::Router& router, Context& context) {
  RouteGroup actions{router, context, "operation", RouteAccess::admin};
  actions.reads_if_match = true;
  actions.add(Method::post, "/saga/retry/{sagaId}", retry_saga,
              "Retries a failed or compensated saga from its earliest step that is not in effect");
  actions.add(Method::post, "/saga/compensate/{sagaId}", compensate_saga,
              "Compensates the steps of a saga that are in effect");

  actions.add(Method::post, "/sagas/{id}/cancel", cancel_saga, "Compensates a saga before its end");
  actions.add(Method::post, "/sagas/{id}/steps/{step}/skip", skip_step,
              "Answers for a step of a user's saga that it is done, without asking its participant");
  RouteGroup answers{router, context, "operation", RouteAccess::answerer};
  answers.body_bytes_max = answer_bytes_max;
  answers.reads_if_match = true;
  answers.add(Method::post, "/sagas/{id}/steps/{step}/answer", answer_step,
              "Answers for a step of a user's saga: its participant by the token of the call, or an admin");

  const RouteGroup audit{router, context, "operation", RouteAccess::admin};
  audit.add(Method::get, "/audit", list_audit, "Actions of users on sagas, orders and stock, newest first");

  const RouteGroup reports{router, context, "maintenance", RouteAccess::user};
  reports.add(Method::get, "/saga/maintenance/pending-orders", list_pending_orders,
              "Pending orders, and which of them are orphaned (no open saga)");
  const RouteGroup maintenance{router, context, "maintenance", RouteAccess::admin};
  maintenance.add(Method::post, "/saga/maintenance/cleanup-pending", clean_up_pending_orders,
                  "Cancels the pending orders that are orphaned");
  reports.add(Method::get, "/saga/maintenance/saga-health", get_saga_health, "Sagas and orders by status");
}

void add_trace_routes(http::Router& router, Context& context) {
  const RouteGroup traces{router, context, "trace", RouteAccess::user};
  traces.add(Method::get, "/trace/correlation/{correlationId}", trace_by_correlation,
             "The trace of an order by its correlation, order or saga id, or its idempotency key");
  traces.add(Method::get, "/trace/order/{orderId}", trace_by_order, "The trace of an order by its id");
  traces.add(Method::get, "/trace/events", list_latest_events, "The latest events");
  traces.add(Method::get, "/trace/active-flows", list_active_flows, "Active sagas, and which of them are stuck");

  const RouteGroup events{router, context, "events", RouteAccess::user};
  events.add(Method::get, "/events", follow_events,
             "Server-sent events: for admins all, for customers those of their own orders");
}

void add_lock_routes(http::Router& router, Context& context) {
  const RouteGroup locks{router, context, "locks", RouteAccess::admin};
  locks.add(Method::get, "/locks", list_locks, "All locks that are held, oldest first");
  locks.add(Method::get, "/locks/{key}", get_lock, "One lock");
  const RouteAccess test_access = context.options.allow_test_routes ? RouteAccess::anyone : RouteAccess::loopback_only;
  const RouteGroup tests{router, context, "locks", test_access};
  tests.add(Method::post, "/redis-test/lock/{key}", test_work_under_lock, "Holds a lock for some time");
  tests.add(Method::get, "/redis-test/lock-status/{key}", get_lock, "One lock");
  tests.add(Method::post, "/redis-test/saga-creation-test", test_saga_creation,
            "Creates a saga id under the lock of its correlation id");
  tests.add(Method::post, "/redis-test/manual-lock/{key}", test_manual_lock, "Acquires, renews and releases a lock");
}

void add_health_routes(http::Router& router, Context& context) {
  const RouteGroup health{router, context, "health", RouteAccess::anyone};
  health.add(Method::get, "/livez", get_livez, "Liveness: the process runs");
  health.add(Method::get, "/readyz", get_readyz, "Readiness: the node accepts requests");
  health.add(Method::get, "/health", get_health, "Health of the node and its database");
  health.add(Method::get, "/health/detailed", get_detailed_health, "Health and latency of all dependencies");
  health.add(Method::get, "/db-pool", get_database_pool, "Connections to the database");
  health.add(Method::get, "/db-test", test_database, "Reads the database's time");
  // Writes to a topic, so that it is not open to everyone.
  const RouteAccess test_access = context.options.allow_test_routes ? RouteAccess::anyone : RouteAccess::loopback_only;
  const RouteGroup broker{router, context, "health", test_access};
  broker.add(Method::get, "/kafka-test", test_broker, "Sends a test message and waits for its acknowledgement");
  const RouteGroup users{router, context, "health", RouteAccess::user};
  users.add(Method::get, "/protected", get_protected, "The caller that the token identifies");
}

}  // namespace

void add_operation_routes(http::Router& router, Context& context) {
  add_saga_routes(router, context);
  add_operator_routes(router, context);
  add_trace_routes(router, context);
  add_lock_routes(router, context);
  add_health_routes(router, context);
}

}  // namespace sagactl::api

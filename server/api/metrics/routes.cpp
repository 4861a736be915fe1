// GET /metrics, for Prometheus.
#include "server/api/routes.hpp"
#include "server/api/route_group.hpp"

namespace sagactl::api {
namespace {

// While the database is unavailable its gauges keep their last values.
awaitable<Answer> get_metrics(Context& context, Request& request) {
  const Result<Counts> counts = co_await context.counts.run();
  if (counts) context.node_metrics.set(*counts);
  context.node_metrics.set(context.engine.stats());
  context.node_metrics.lock_available(context.lock.availability().ok());
  if (const auto connections = context.queries.connections()) context.node_metrics.set(*connections);
  context.node_metrics.set(context.bus.state());
  if (context.spans) context.node_metrics.set(context.spans->counts());
  if (context.exchange)
    for (const ConsumerProgress& progress : context.exchange->consumers()) context.node_metrics.set(progress);
  if (context.participants) {
    context.node_metrics.set(context.participants->stats());
    for (const ConsumerProgress& progress : context.participants->consumers()) context.node_metrics.set(progress);
  }
  co_return http::metrics_response(context.metrics, request);
}

}  // namespace

void add_metrics_routes(http::Router& router, Context& context) {
  const RouteGroup metrics{router, context, "health", http::RouteAccess::anyone};
  metrics.add(http::Method::get, "/metrics", get_metrics, "Metrics in the Prometheus text format, or as OpenMetrics");
}

}  // namespace sagactl::api

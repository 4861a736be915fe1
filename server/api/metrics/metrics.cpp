// GET /metrics, for Prometheus.
#include "server/api/routes.hpp"

namespace sagactl::api {
namespace {

// A database that is away is itself something to be seen here, so what it would have told stays as it was.
boost::asio::awaitable<http::Answer> metrics(Context& context, const http::Request& request) {
  const Result<Counts> counts = co_await context.counts.run();
  if (counts) context.node_metrics.set(*counts);
  context.node_metrics.set(context.engine.stats());
  context.node_metrics.lock_available(context.lock.availability().ok());
  if (const auto connections = context.queries.connections()) context.node_metrics.set(*connections);
  context.node_metrics.set(context.bus.state());
  if (context.exchange)
    for (const ConsumerProgress& progress : context.exchange->consumers()) context.node_metrics.set(progress);
  co_return http::metrics_response(context.metrics, request);
}

}  // namespace

void add_metrics_routes(http::Router& router, Context& context) {
  router.add({http::Method::get, "/metrics", http::Access::anyone,
              [&context](http::Request& request) { return metrics(context, request); },
              "Metrics in the Prometheus text format, or as OpenMetrics", "health"});
}

}  // namespace sagactl::api

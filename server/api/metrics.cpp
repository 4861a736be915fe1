// GET /metrics, for Prometheus.
#include "server/api/routes.hpp"

namespace sagactl::api {
namespace {

// A database that is away is itself something to be seen here, so what it would have told stays as it was.
boost::asio::awaitable<http::Answer> metrics(Context& context) {
  const Result<Counts> counts = co_await context.counts.run();
  if (counts) context.node_metrics.set(*counts);
  context.node_metrics.set(context.engine.stats());
  context.node_metrics.lock_available(context.lock.availability().ok());
  if (const auto connections = context.queries.connections()) context.node_metrics.set(*connections);
  context.node_metrics.set(context.bus.state());
  if (context.exchange)
    for (const ConsumerProgress& progress : context.exchange->consumers()) context.node_metrics.set(progress);
  co_return http::text_response(200, context.metrics.text(), http::media::metrics);
}

}  // namespace

void add_metrics_routes(http::Router& router, Context& context) {
  router.add({http::Method::get, "/metrics", http::Access::anyone,
              [&context](http::Request&) { return metrics(context); },
              "Metrics in the Prometheus text format", "health"});
}

}  // namespace sagactl::api

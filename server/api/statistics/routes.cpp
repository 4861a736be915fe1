// Statistics of all sagas.
#include "server/api/routes.hpp"
#include "server/api/query.hpp"
#include "server/api/route_group.hpp"

namespace sagactl::api {
namespace {

// Merchants operate no sagas, and customers see their own alone.
awaitable<Answer> get_statistics(Context& context, Request& request) {
  QueryReader query(request);
  std::string definition = query.text("definition");
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  // Whoever waits for the thread that reads finds what the one before has read.
  auto read = [&context, definition = std::move(definition)]() -> Result<Json> {
    const SteadyTime read_at = context.clock.steady();
    if (Json cached = context.statistics.find(definition, read_at); !cached.is_null()) return cached;
    // What this node has counted shows at once, what others have, when they have written it.
    if (const auto flushed = context.minutes.flush(context.clock.now()); !flushed) return flushed.error();
    auto statistics = read_statistics(context.queries, context.records, definition, context.clock.now());
    if (statistics) context.statistics.put(definition, *statistics, read_at);
    return statistics;
  };
  const Result<Json> statistics = co_await context.query_threads.list(std::move(read));
  if (!statistics) co_return statistics.error();
  co_return http::json_response(200, *statistics);
}

}  // namespace

void add_statistics_routes(http::Router& router, Context& context) {
  const RouteGroup statistics{router, context, "statistics", http::RouteAccess::admin};
  statistics.add(http::Method::get, "/statistics", get_statistics,
                 "Counts of sagas, why they failed, what was undone, and the last hour by minutes");
}

}  // namespace sagactl::api

// Statistics of all sagas.
#include "server/api/routes.hpp"
#include "server/api/query.hpp"
#include "server/api/route_group.hpp"
#include "server/api/statistics/handlers.hpp"

namespace sagactl::api {

Result<Json> shared_statistics(Context& context, const std::string& definition) {
  const SteadyTime read_at = context.clock.steady();
  if (Json cached = context.statistics.find(definition, read_at); !cached.is_null()) return cached;
  auto statistics = read_statistics(context.queries, context.minutes, definition, context.clock.now());
  if (statistics) context.statistics.put(definition, *statistics, read_at);
  return statistics;
}

namespace {

// Merchants operate no sagas, and customers see their own alone.
awaitable<Answer> get_statistics(Context& context, Request& request) {
  QueryReader query(request);
  std::string definition = query.text("definition");
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  // Whoever waits for the thread that reads finds what the one before has read.
  auto read = [&context, definition = std::move(definition)]() -> Result<std::string> {
    const auto statistics = shared_statistics(context, definition);
    if (!statistics) return statistics.error();
    return json_text(*statistics);
  };
  Result<std::string> text = co_await context.query_threads.list(std::move(read));
  if (!text) co_return text.error();
  co_return http::text_response(200, std::move(*text), http::media::json);
}

}  // namespace

void add_statistics_routes(http::Router& router, Context& context) {
  const RouteGroup statistics{router, context, "statistics", http::RouteAccess::admin};
  statistics.add(http::Method::get, "/statistics", get_statistics,
                 "Counts of sagas, why they failed, what was undone, and the last hour by minutes");
}

}  // namespace sagactl::api

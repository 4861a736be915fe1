// Traces: one flow from its first event to its last, the latest events, and the flows that are active.
#include "server/api/operations/handlers.hpp"
#include "server/api/operations/render_trace.hpp"

#include <map>

#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t latest_events_max = 100;
constexpr std::int64_t counted_events_max = 1000;  // of one customer, for the distribution of types
constexpr std::int64_t active_flows_max = 100;

Error no_trace(std::string_view member, const std::string& asked, std::string message) {
  return Error{ErrorCode::not_found, std::move(message), Json{{member, asked}, {"found", false}}};
}

using Distribution = std::map<std::string_view, std::int64_t>;

// Events by type: all of the database, or the latest of one customer.
Result<Distribution> distribution_for(Queries& queries, const std::optional<UserId>& user) {
  Distribution distribution;
  if (!user) {
    const auto counts = queries.counts();
    if (!counts) return counts.error();
    for (const auto& [type, count] : counts->events) distribution[to_string(type)] = count;
    return distribution;
  }
  EventFilter filter;
  filter.user = user;
  filter.limit = counted_events_max;
  const auto events = queries.events(filter);
  if (!events) return events.error();
  for (const Event& event : *events) ++distribution[to_string(event.type)];
  return distribution;
}

struct LatestEvents {
  std::vector<Event> events;
  Distribution distribution;
};

struct ActiveFlows {
  FlowPage page;
  std::vector<std::vector<Event>> events;  // of each flow
  std::int64_t stuck = 0;
};

Result<ActiveFlows> read_active(Queries& queries, SagaFilter filter, const Page& page, Timestamp now) {
  ActiveFlows active;
  auto found = queries.sagas(filter, page);
  if (!found) return found.error();
  active.page = std::move(found).value();
  for (const Flow& flow : active.page.flows) {
    auto events = queries.flow_events(flow.order.id);
    if (!events) return events.error();
    active.events.push_back(std::move(events).value());
  }
  filter.late_since = now - stuck_after;
  const auto stuck = queries.sagas(filter, Page{0, 1, std::nullopt});
  if (!stuck) return stuck.error();
  active.stuck = stuck->total;
  return active;
}

}  // namespace

awaitable<Answer> trace_by_correlation(Context& context, Request& request) {
  const auto asked = text_parameter(request, "correlationId");
  if (!asked) co_return asked.error();
  const Result<TracedFlow> traced = co_await find_traced_flow(context, request, *asked);
  if (traced) co_return http::json_response(200, correlation_trace_json(*traced));
  if (traced.error().code != ErrorCode::not_found) co_return traced.error();
  co_return no_trace("correlationId", *asked, "No saga found with this correlation ID");
}

awaitable<Answer> trace_by_order(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "orderId");
  if (!uuid) co_return uuid.error();
  std::string asked = uuid->text();
  const Result<TracedFlow> traced = co_await find_traced_flow(context, request, asked);
  if (traced) co_return http::json_response(200, order_trace_json(*traced));
  if (traced.error().code != ErrorCode::not_found) co_return traced.error();
  co_return no_trace("orderId", asked, "Order not found");
}

awaitable<Answer> list_latest_events(Context& context, Request& request) {
  QueryReader query(request);
  EventFilter filter;
  filter.limit = query.integer("limit", 50, 1, latest_events_max);
  filter.type = query.one_of<EventType>("eventType");
  filter.user = owner_filter(request);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&queries = context.queries, filter]() -> Result<LatestEvents> {
    auto events = queries.events(filter);
    if (!events) return events.error();
    auto distribution = distribution_for(queries, filter.user);
    if (!distribution) return distribution.error();
    return LatestEvents{std::move(events).value(), std::move(distribution).value()};
  };
  const Result<LatestEvents> latest = co_await context.query_threads.list(read);
  if (!latest) co_return latest.error();
  Json body{{"events", Json::array()}};
  for (const Event& each : latest->events) body["events"].push_back(event_json(each));
  Json types = Json::object();
  for (const auto& [type, count] : latest->distribution) types[std::string(type)] = count;
  body["statistics"] = Json{{"totalReturned", latest->events.size()}, {"eventTypeDistribution", std::move(types)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> list_active_flows(Context& context, Request& request) {
  QueryReader query(request);
  const PageRequest page = read_page(query, 50, active_flows_max);
  SagaFilter filter;
  filter.user = owner_filter(request);
  filter.statuses = {SagaStatus::started, SagaStatus::compensating};
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  const Result<Timestamp> time = co_await context.database_time.run();
  if (!time) co_return time.error();
  const Timestamp now = *time;
  auto read = [&queries = context.queries, filter, page, now] {
    return read_active(queries, filter, page.page(), now);
  };
  const Result<ActiveFlows> active = co_await context.query_threads.list(read);
  if (!active) co_return active.error();
  Json flows = Json::array();
  for (std::size_t i = 0; i < active->page.flows.size(); ++i)
    flows.push_back(active_flow_json(active->page.flows[i], active->events[i], now));
  Json body{{"totalActiveFlows", active->page.total}, {"stuckFlows", active->stuck}, {"flows", std::move(flows)}};
  add_page(body, page, active->page);
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api

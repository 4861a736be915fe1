// The parts of a cluster: its nodes, the participants that this node calls, and all stock.
#include "server/api/cluster/handlers.hpp"
#include "server/api/query.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t stocks_shown_max = 1'000;

Json node_json(const NodeInfo& node, const NodeName& own) {
  return Json{{"name", node.name},           {"url", text_or_null(node.url)},
              {"epoch", node.epoch},         {"leaseUntil", iso8601_ms(node.lease_until)},
              {"isLive", node.live},         {"lastSequence", node.last_sequence},
              {"published", node.published}, {"unpublished", node.last_sequence - node.published},
              {"isThis", node.name == own}};
}

Json participant_json(const ParticipantStats& stats) {
  const double milliseconds_of_all = static_cast<double>(stats.took_total.count()) / 1000.0;
  return Json{
      {"definition", stats.definition},
      {"participant", stats.participant},
      {"calls", stats.calls},
      {"failures", stats.failures},
      {"running", stats.running},
      {"waiting", stats.waiting},
      {"isOpen", stats.is_open},
      {"meanMs", stats.calls == 0 ? Json(nullptr) : Json(milliseconds_of_all / static_cast<double>(stats.calls))}};
}

Json any_stock_json(const Stock& stock) {
  return Json{{"kind", to_string(stock.key.kind)},
              {"id", stock.key.id},
              {"name", text_or_null(stock.name)},
              {"available", stock.available},
              {"reserved", stock.reserved},
              {"sold", stock.sold},
              {"total", stock.total},
              {"version", stock.version},
              {"updatedAt", iso8601_ms(stock.updated_at)}};
}

}  // namespace

awaitable<Answer> list_nodes(Context& context, Request&) {
  auto read = [&queries = context.queries] { return queries.nodes(); };
  const Result<std::vector<NodeInfo>> found = co_await context.query_threads.run(std::move(read));
  if (!found) co_return found.error();
  Json nodes = Json::array();
  for (const NodeInfo& node : *found) nodes.push_back(node_json(node, context.options.node));
  const Json body{{"nodes", std::move(nodes)}, {"at", iso8601_ms(context.clock.now())}};
  co_return http::json_response(200, body);
}

// Of this node: each has breakers of its own.
Answer list_participants(Context& context, Request&) {
  Json participants = Json::array();
  if (context.participants)
    for (const ParticipantStats& stats : context.participants->stats()) participants.push_back(participant_json(stats));
  return http::json_response(200, Json{{"nodeId", context.options.node}, {"participants", std::move(participants)}});
}

awaitable<Answer> list_all_stock(Context& context, Request& request) {
  QueryReader query(request);
  const auto kind = query.one_of<StockKind>("kind");
  if (!kind) query.fault("kind must be given: product, item, balance or slots");
  const std::string after = query.text("after");
  const std::int64_t limit = query.integer("limit", 100, 1, stocks_shown_max);
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto read = [&queries = context.queries, kind = *kind, after, limit] {
    return queries.stocks(kind, after, static_cast<std::size_t>(limit));
  };
  const Result<std::vector<Stock>> found = co_await context.query_threads.run(std::move(read));
  if (!found) co_return found.error();
  Json stocks = Json::array();
  for (const Stock& stock : *found) stocks.push_back(any_stock_json(stock));
  const bool more = static_cast<std::int64_t>(found->size()) == limit;
  const Json body{{"stocks", std::move(stocks)}, {"next", more ? Json(found->back().key.id) : Json(nullptr)}};
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api

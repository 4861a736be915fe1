// Checkouts (system B): placed by choreography or orchestration, listed, cancelled, and their sagas for operators.
#include "server/api/checkout/checkout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/api/orders/place_order.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/checkout/render_checkout.hpp"
#include "server/api/routes.hpp"
#include "server/api/orders/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::int64_t page_limit = 100;

std::string placed_by_choreography(const Flow& flow) {
  return json_text({{"message", "Order created successfully"}, {"order", checkout_order(flow)}});
}

std::string placed_by_orchestration(const Flow& flow) {
  return json_text({{"message", "Order saga started"},
                    {"sagaId", checkout_saga_id(*flow.saga)},
                    {"orderId", flow.order.id.text()},
                    {"status", checkout_saga_status(*flow.saga)},
                    {"currentStep", checkout_saga_step(*flow.saga)},
                    {"correlationId", correlation_of(flow)}});
}

awaitable<Answer> place_checkout(Context& context, Request& request, std::string_view saga,
                                 std::string (*render)(const Flow&), std::string_view where) {
  auto parsed = parse_customer_order(request.body, saga);
  Answer answer = co_await place(context, request, std::move(parsed), render, where);
  if (!answer) co_return said_as_checkout(answer.error());
  co_return answer;
}

awaitable<Answer> place_choreographed(Context& context, Request& request) {
  return place_checkout(context, request, checkout_choreography_saga, placed_by_choreography, "/api/orders/");
}

awaitable<Answer> place_orchestrated(Context& context, Request& request) {
  return place_checkout(context, request, checkout_saga, placed_by_orchestration, "/api/orchestrator/sagas/order/");
}

awaitable<Answer> list_orders(Context& context, Request& request) {
  const Result<FlowPage> found = co_await read_checkouts(context, request);
  if (!found) co_return said_as_checkout(found.error());
  Json body = Json::array();
  for (const Flow& flow : found->flows) body.push_back(checkout_order(flow));
  co_return http::json_response(200, body);
}

awaitable<Answer> get_order(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return id.error();
  const Result<Flow> flow = co_await read_checkout(context, request, *id);
  if (!flow) co_return flow.error();
  const Json body = checkout_order(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> cancel_order(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return id.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return said_as_checkout(json.error());
  http::Object body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) co_return said_as_checkout(valid.error());
  const Result<Flow> before = co_await read_checkout(context, request, *id);
  if (!before) co_return before.error();
  Command command = CancelOrderRequest{*id, actor_of(request), reason.value_or("Cancelled by the customer")};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return said_as_checkout(done.error());
  const Json answer{{"message", "Order cancelled successfully"}, {"order", checkout_order(*done->flow)}};
  co_return http::json_response(200, answer);
}

struct SagaListRequest {
  SagaFilter filter;
  PageRequest page;
  Page order;
};

Result<SagaListRequest> read_saga_list(const Request& request) {
  SagaListRequest list;
  QueryReader query(request);
  list.page = read_page(query, 10, page_limit);
  list.filter.user = owner_filter(request);
  list.filter.type = std::string(checkout_saga);
  for (const char* name : {"status", "status[]"})
    for (const std::string_view value : request.query_values(name)) {
      if (value.empty()) continue;
      const auto stages = stages_of_checkout_status(value);
      if (!stages)
        query.fault(fmt::format("status must be one of the following values: {}",
                                fmt::join(checkout_saga_statuses, ", ")));
      else
        list.filter.stages.insert(list.filter.stages.end(), stages->begin(), stages->end());
    }
  list.order = list.page.page();
  const std::string sort_by = query.text("sortBy"), sort_order = query.text("sortOrder");
  if (sort_by == "updatedAt")
    list.order.sort_by = SortBy::updated;
  else if (!sort_by.empty() && sort_by != "createdAt")
    query.fault("sortBy must be one of the following values: createdAt, updatedAt");
  if (sort_order == "asc")
    list.order.oldest_first = true;
  else if (!sort_order.empty() && sort_order != "desc")
    query.fault("sortOrder must be one of the following values: asc, desc");
  if (const auto valid = query.finish(); !valid) return said_as_checkout(valid.error());
  return list;
}

awaitable<Answer> list_sagas(Context& context, Request& request) {
  const auto list = read_saga_list(request);
  if (!list) co_return list.error();
  auto read = [&queries = context.queries, filter = list->filter, page = list->order] {
    return queries.sagas(filter, page);
  };
  const Result<FlowPage> found = co_await context.query_threads.list(read);
  if (!found) co_return said_as_checkout(found.error());
  Json data = Json::array();
  for (const Flow& flow : found->flows)
    if (flow.saga) data.push_back(orchestrated_saga(flow));
  const std::int64_t limit = list->page.limit, number = list->page.number;
  const std::int64_t pages = (found->total + limit - 1) / limit;
  const Json body{{"data", std::move(data)},
                  {"pagination",
                   {{"currentPage", number},
                    {"totalPages", pages},
                    {"totalCount", found->total},
                    {"limit", limit},
                    {"hasNextPage", number < pages},
                    {"hasPrevPage", number > 1 && pages > 0}}}};
  co_return http::json_response(200, body);
}

// The orchestrated saga that an id names; a choreographed one is not there.
awaitable<Result<Flow>> read_saga(Context& context, const Request& request, std::optional<SagaId> id) {
  if (!id) co_return checkout_not_found("Saga");
  const OrderId order = order_of(*id);
  Result<Flow> flow = co_await read_flow(context, request, order);
  if (!flow && flow.error().code != ErrorCode::not_found) co_return said_as_checkout(flow.error());
  if (!flow || !flow->saga || flow->saga->type != checkout_saga) co_return checkout_not_found("Saga");
  co_return flow;
}

awaitable<Answer> get_saga(Context& context, Request& request) {
  const auto id = parse_checkout_saga_id(request.parameter("sagaId"));
  const Result<Flow> flow = co_await read_saga(context, request, id);
  if (!flow) co_return flow.error();
  const Json body = orchestrated_saga(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> get_saga_of_order(Context& context, Request& request) {
  const auto id = SagaId::parse(request.parameter("orderId"));
  const Result<Flow> flow = co_await read_saga(context, request, id);
  if (!flow) co_return flow.error();
  const Json body = orchestrated_saga(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> retry_saga(Context& context, Request& request) {
  const auto id = parse_checkout_saga_id(request.parameter("sagaId"));
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return said_as_checkout(json.error());
  http::Object body(*json);
  const bool recharge = body.optional_boolean("recharge", false);
  if (const auto valid = body.finish(); !valid) co_return said_as_checkout(valid.error());
  const Result<Flow> flow = co_await read_saga(context, request, id);
  if (!flow) co_return flow.error();
  Command command = RetryRequest{*id, actor_of(request), recharge};
  Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) {
    // A saga in another status is a bad request to this system's clients.
    Error error = done.error();
    if (error.code == ErrorCode::conflict) error.code = ErrorCode::invalid;
    co_return said_as_checkout(std::move(error));
  }
  const Saga& saga = *done->flow->saga;
  const Json answer{{"message", "Saga retry initiated successfully"},
                    {"sagaId", checkout_saga_id(saga)},
                    {"status", checkout_saga_status(saga)},
                    {"currentStep", checkout_saga_step(saga)}};
  co_return http::json_response(200, answer);
}

}  // namespace

Error said_as_checkout(Error error) {
  if (!error.members.is_object()) error.members = Json::object();
  if (!error.members.contains("error")) error.members["error"] = error.message;
  return error;
}

Error checkout_not_found(std::string_view what) {
  return said_as_checkout(Error{ErrorCode::not_found, fmt::format("{} not found", what)});
}

awaitable<Result<FlowPage>> read_checkouts(Context& context, const Request& request) {
  OrderFilter filter;
  filter.user = owner_filter(request);
  filter.types = {std::string(checkout_saga), std::string(checkout_choreography_saga)};
  auto read = [&queries = context.queries, filter] {
    Page page;
    page.limit = checkout_list_max;
    return queries.orders(filter, page);
  };
  const bool is_short = filter.user.has_value();
  co_return co_await context.query_threads.list(read, is_short);
}

Result<OrderId> checkout_of_path(const Request& request) {
  const auto id = OrderId::parse(request.parameter("orderId"));
  if (!id) return checkout_not_found("Order");
  return *id;
}

awaitable<Result<Flow>> read_checkout(Context& context, const Request& request, OrderId id) {
  Result<Flow> flow = co_await read_flow(context, request, id);
  if (!flow && flow.error().code != ErrorCode::not_found) co_return said_as_checkout(flow.error());
  if (!flow || !flow->saga || !is_checkout(flow->saga->type))
    co_return checkout_not_found("Order");
  co_return flow;
}

void add_checkout_route(http::Router& router, Context& context, http::Method method, std::string pattern,
                        CheckoutHandler handler, std::string summary, std::string tag) {
  router.add({method, std::move(pattern), http::Access::guest,
              [&context, handler](Request& request) { return handler(context, request); }, std::move(summary),
              std::move(tag)});
}

void add_checkout_routes(http::Router& router, Context& context) {
  using http::Method;
  const auto add = [&](Method method, std::string pattern, CheckoutHandler handler, std::string summary) {
    add_checkout_route(router, context, method, std::move(pattern), handler, std::move(summary), "checkout");
  };
  add(Method::post, "/api/orders", place_choreographed, "Places a checkout by choreography");
  add(Method::get, "/api/orders", list_orders, "Checkouts, newest first, at most 1000");
  add(Method::get, "/api/orders/{orderId}", get_order, "One checkout");
  add(Method::post, "/api/orders/{orderId}/cancel", cancel_order,
      "Cancels a checkout: stock and money are given back");
  add(Method::post, "/api/orchestrator/orders", place_orchestrated, "Places a checkout by orchestration");
  add(Method::get, "/api/orchestrator/sagas", list_sagas, "Orchestrated sagas, by status, sorted, in pages");
  add(Method::get, "/api/orchestrator/sagas/{sagaId}", get_saga, "One orchestrated saga");
  add(Method::get, "/api/orchestrator/sagas/order/{orderId}", get_saga_of_order, "The saga of an order");
  add(Method::post, "/api/orchestrator/sagas/{sagaId}/retry", retry_saga,
      "Tries a failed or compensated saga again");
}

}  // namespace sagactl::api

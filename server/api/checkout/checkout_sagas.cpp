// The sagas of orchestrated checkouts: listed, read and retried.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "server/api/checkout/checkout.hpp"
#include "server/api/checkout/handlers.hpp"
#include "server/api/checkout/render_checkout_saga.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t saga_page_limit = 1000;  // of a page; more is cut to it, as pages of the dashboard expect

struct CheckoutSagaListRequest {
  SagaFilter filter;
  PageRequest page;
  Page sorted_page;
};

Result<CheckoutSagaListRequest> read_checkout_saga_list(const Request& request) {
  CheckoutSagaListRequest list;
  QueryReader query(request);
  list.page = read_page(query, 10, std::numeric_limits<std::int32_t>::max());
  list.page.limit = std::min(list.page.limit, saga_page_limit);
  list.filter.user = owner_filter(request);
  list.filter.type = std::string(checkout_saga);
  for (const char* name : {"status", "status[]"})
    for (const std::string_view value : request.query_values(name)) {
      if (value.empty()) continue;
      const auto stages = stages_of_checkout_status(value);
      if (!stages)
        query.fault(
            fmt::format("status must be one of the following values: {}", fmt::join(checkout_saga_statuses, ", ")));
      else
        list.filter.stages.insert(list.filter.stages.end(), stages->begin(), stages->end());
    }
  list.sorted_page = list.page.page();
  const std::string sort_by = query.text("sortBy"), sort_order = query.text("sortOrder");
  if (sort_by == "updatedAt")
    list.sorted_page.sort_by = SortBy::updated;
  else if (!sort_by.empty() && sort_by != "createdAt")
    query.fault("sortBy must be one of the following values: createdAt, updatedAt");
  if (sort_order == "asc")
    list.sorted_page.oldest_first = true;
  else if (!sort_order.empty() && sort_order != "desc")
    query.fault("sortOrder must be one of the following values: asc, desc");
  if (const auto valid = query.finish(); !valid) return checkout_error(valid.error());
  return list;
}

// The orchestrated saga with that id. Choreographed ones are reported as not found.
awaitable<Result<Flow>> read_checkout_saga(Context& context, const Request& request, std::optional<SagaId> id) {
  if (!id) co_return checkout_not_found("Saga");
  const OrderId order = order_of(*id);
  Result<Flow> flow = co_await read_flow(context, request, order);
  if (!flow && flow.error().code != ErrorCode::not_found) co_return checkout_error(flow.error());
  if (!flow || !flow->saga || flow->saga->type != checkout_saga) co_return checkout_not_found("Saga");
  co_return flow;
}

}  // namespace

awaitable<Answer> list_checkout_sagas(Context& context, Request& request) {
  const auto list = read_checkout_saga_list(request);
  if (!list) co_return list.error();
  auto read = [&queries = context.queries, filter = list->filter, page = list->sorted_page] {
    return queries.sagas(filter, page);
  };
  const Result<FlowPage> found = co_await context.query_threads.list(read);
  if (!found) co_return checkout_error(found.error());
  Json data = Json::array();
  for (const Flow& flow : found->flows)
    if (flow.saga) data.push_back(checkout_saga_json(flow));
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

awaitable<Answer> get_checkout_saga(Context& context, Request& request) {
  const auto id = parse_checkout_saga_id(request.parameter("sagaId"));
  const Result<Flow> flow = co_await read_checkout_saga(context, request, id);
  if (!flow) co_return flow.error();
  const Json body = checkout_saga_json(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> get_saga_of_checkout(Context& context, Request& request) {
  const auto id = SagaId::parse(request.parameter("orderId"));
  const Result<Flow> flow = co_await read_checkout_saga(context, request, id);
  if (!flow) co_return flow.error();
  const Json body = checkout_saga_json(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> retry_checkout_saga(Context& context, Request& request) {
  const auto id = parse_checkout_saga_id(request.parameter("sagaId"));
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return checkout_error(json.error());
  http::ObjectReader body(*json);
  const bool recharge = body.optional_boolean("recharge", context.options.retry_recharges);
  if (const auto valid = body.finish(); !valid) co_return checkout_error(valid.error());
  const Result<Flow> flow = co_await read_checkout_saga(context, request, id);
  if (!flow) co_return flow.error();
  Command command = RetryRequest{*id, actor_of(request), recharge};
  Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) {
    // The checkout system's API answers 400, not 409, for a saga in a status without retries.
    Error error = receipt.error();
    if (error.code == ErrorCode::conflict) error.code = ErrorCode::invalid;
    co_return checkout_error(std::move(error));
  }
  const Saga& saga = *receipt->flow->saga;
  const Json answer{{"message", "Saga retry initiated successfully"},
                    {"sagaId", checkout_saga_id(saga)},
                    {"status", checkout_saga_status(saga)},
                    {"currentStep", checkout_saga_step(saga)}};
  co_return http::json_response(200, answer);
}

}  // namespace sagactl::api

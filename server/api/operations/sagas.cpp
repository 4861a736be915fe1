// Reading sagas: lists with filters, one by its id or by any id of its flow.
#include "server/api/operations/handlers.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/operations/saga_list.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t default_list_limit = 100;  // of lists that have no pages in the reference system

Error saga_not_found(std::string_view member, std::string_view asked) {
  return Error{ErrorCode::not_found, "Saga not found", Json{{member, asked}}};
}

awaitable<Result<FlowPage>> read_saga_page(Context& context, SagaFilter filter, PageRequest page) {
  const bool is_short = filter.user.has_value();
  auto read = [&queries = context.queries, filter = std::move(filter), page] {
    return find_sagas(queries, filter, page.page());
  };
  co_return co_await context.query_threads.list(std::move(read), is_short);
}

Json saga_list_json(const FlowPage& found, Json (*render)(const Flow&)) {
  Json list = Json::array();
  for (const Flow& flow : found.flows)
    if (flow.saga) list.push_back(render(flow));
  return list;
}

// A list that has no pages in the reference system: adds count (of all that match), sagas and the page to `body`.
awaitable<Answer> counted_list(Context& context, const Request& request, QueryReader& query, PageRequest page,
                               SagaFilter filter, Json body, Json (*render)(const Flow&)) {
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  filter.user = owner_filter(request);
  const Result<FlowPage> found = co_await read_saga_page(context, std::move(filter), page);
  if (!found) co_return found.error();
  body["count"] = found->total;
  body["sagas"] = saga_list_json(*found, render);
  add_page(body, page, *found);
  co_return http::json_response(200, body);
}

Answer one_saga_answer(const Flow& flow) {
  http::Response response = http::json_response(200, saga_json(flow));
  response.headers.push_back({"ETag", saga_etag(*flow.saga)});  // for If-Match
  return response;
}

}  // namespace

awaitable<Answer> list_sagas(Context& context, Request& request) {
  Result<SagaList> list = SagaList::parse(request);
  if (!list) co_return list.error();
  const bool is_short = list->is_of_one_user();
  auto read = [&queries = context.queries, list = std::move(*list)]() -> Result<std::string> {
    const auto found = list.find(queries);
    if (!found) return found.error();
    return list.text(*found);
  };
  Result<std::string> text = co_await context.query_threads.list(std::move(read), is_short);
  if (!text) co_return text.error();
  co_return http::text_response(200, std::move(*text), http::media::json);
}

awaitable<Answer> get_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "id");
  if (!uuid) co_return uuid.error();
  std::string asked = uuid->text();  // perhaps that of an imported saga where it comes from
  const Result<Flow> flow = co_await find_flow(context, request, std::move(asked));
  if (!flow && flow.error().code != ErrorCode::not_found) co_return flow.error();
  if (!flow || !flow->saga) co_return saga_not_found("id", request.parameter("id"));
  co_return one_saga_answer(*flow);
}

awaitable<Answer> get_saga_by_correlation(Context& context, Request& request) {
  const auto asked = text_parameter(request, "correlationId");
  if (!asked) co_return asked.error();
  const Result<Flow> flow = co_await find_flow(context, request, *asked);
  if (!flow && flow.error().code != ErrorCode::not_found) co_return flow.error();
  if (!flow || !flow->saga) co_return saga_not_found("correlationId", *asked);
  co_return one_saga_answer(*flow);
}

awaitable<Answer> list_sagas_in_status(Context& context, Request& request) {
  const auto status = from_string<SagaStatus>(request.parameter("status"));
  QueryReader query(request);
  const PageRequest page = read_page(query, default_list_limit);
  if (!status) {
    query.fault("status must be one of the following values: started, completed, failed, compensating, compensated");
    co_return query.finish().error();
  }
  SagaFilter filter;
  filter.statuses = {*status};
  Json body{{"status", to_string(*status)}};
  co_return co_await counted_list(context, request, query, page, std::move(filter), std::move(body),
                                  saga_in_status_json);
}

awaitable<Answer> list_order_processing_sagas(Context& context, Request& request) {
  QueryReader query(request);
  const PageRequest page = read_page(query, default_list_limit);
  SagaFilter filter;
  filter.type = std::string(order_processing_saga);
  Json body{{"sagaType", order_processing_saga}};
  co_return co_await counted_list(context, request, query, page, std::move(filter), std::move(body),
                                  order_processing_saga_json);
}

awaitable<Answer> list_active_sagas(Context& context, Request& request) {
  QueryReader query(request);
  const PageRequest page = read_page(query, default_list_limit);
  SagaFilter filter;
  filter.statuses = {SagaStatus::started, SagaStatus::compensating};
  Json body = Json::object();
  co_return co_await counted_list(context, request, query, page, std::move(filter), std::move(body), saga_json);
}

}  // namespace sagactl::api

#include "server/api/checkout/checkout.hpp"

#include <fmt/format.h>

#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {

Error checkout_error(Error error) {
  if (!error.members.is_object()) error.members = Json::object();
  if (!error.members.contains("error")) error.members["error"] = error.message;
  return error;
}

Error checkout_not_found(std::string_view what) {
  return checkout_error(Error{ErrorCode::not_found, fmt::format("{} not found", what)});
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
  if (!flow && flow.error().code != ErrorCode::not_found) co_return checkout_error(flow.error());
  if (!flow || !flow->saga || !is_checkout(flow->saga->type)) co_return checkout_not_found("Order");
  co_return flow;
}

}  // namespace sagactl::api

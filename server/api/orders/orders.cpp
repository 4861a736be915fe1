// Orders of the order system after they were placed: read, cancelled and confirmed.
#include <fmt/format.h>

#include "server/api/orders/handlers.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t payment_id_max = 255;

// The message for an order that does not exist is always the same, whichever layer found that out.
Error order_error(Error error) {
  if (error.code == ErrorCode::not_found) error.message = "Order not found";
  return error;
}

Result<OrderId> order_of_path(const Request& request) {
  const auto uuid = uuid_parameter(request, "id");
  if (!uuid) return uuid.error();
  return OrderId{*uuid};
}

Result<std::string> parse_reason(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return reason.value_or("Cancelled by the customer");
}

Result<std::string> parse_payment_id(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  std::string payment = body.text("paymentId", {.max = payment_id_max, .not_empty = true});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return payment;
}

}  // namespace

awaitable<Answer> list_orders(Context& context, Request& request) {
  QueryReader query(request);
  const PageRequest page = read_page(query);
  OrderFilter filter;
  filter.status = query.one_of<OrderStatus>("status");
  filter.user = owner_filter(request);
  if (const auto user = query.uuid("userId"); user && !filter.user) filter.user = UserId{*user};
  if (const auto valid = query.finish(); !valid) co_return valid.error();

  auto read = [&queries = context.queries, filter, page] { return queries.orders(filter, page.page()); };
  const bool is_short = filter.user.has_value();
  const Result<FlowPage> found = co_await context.query_threads.list(read, is_short);
  if (!found) co_return found.error();
  Json body{{"orders", Json::array()}};
  for (const Flow& flow : found->flows) body["orders"].push_back(order_json(flow.order));
  add_page(body, page, *found);
  co_return http::json_response(200, body);
}

awaitable<Answer> get_order(Context& context, Request& request) {
  const auto id = order_of_path(request);
  if (!id) co_return id.error();
  const Result<Flow> flow = co_await read_flow(context, request, *id);
  if (!flow) co_return order_error(flow.error());
  if (is_users_saga(*flow)) co_return order_error(Error{ErrorCode::not_found, ""});
  Json body = order_json(flow->order);
  body["correlationId"] = correlation_of(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> cancel_order(Context& context, Request& request) {
  const auto id = order_of_path(request);
  if (!id) co_return id.error();
  auto reason = parse_reason(request);
  if (!reason) co_return reason.error();
  Command command = CancelOrderRequest{*id, actor_of(request), std::move(reason).value()};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return order_error(receipt.error());
  const Json body{{"message", "주문이 취소되었습니다."}, {"orderId", id->text()}};
  co_return http::json_response(200, body);
}

awaitable<Answer> confirm_order(Context& context, Request& request) {
  const auto id = order_of_path(request);
  if (!id) co_return id.error();
  auto payment = parse_payment_id(request);
  if (!payment) co_return payment.error();
  Command command = ConfirmOrderRequest{*id, actor_of(request), *payment};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return order_error(receipt.error());
  const Json body{{"message", "주문이 확인되었습니다."}, {"orderId", id->text()}, {"paymentId", *payment}};
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api

// Orders: placed, read, cancelled and confirmed by their owner or an admin.
#include <fmt/format.h>

#include "server/api/orders/place_order.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/routes.hpp"
#include "server/api/orders/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::size_t payment_id_max = 255;

// In the one way that clients know, whoever found that there is none.
Error said_as_order(Error error) {
  if (error.code == ErrorCode::not_found) error.message = "Order not found";
  return error;
}

Result<OrderId> order_of_path(const Request& request) {
  const auto uuid = uuid_parameter(request, "id");
  if (!uuid) return uuid.error();
  return OrderId{*uuid};
}

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
  for (const Flow& flow : found->flows) body["orders"].push_back(order(flow.order));
  add_page(body, page, *found);
  co_return http::json_response(200, body);
}

awaitable<Answer> get_order(Context& context, Request& request) {
  const auto id = order_of_path(request);
  if (!id) co_return id.error();
  const Result<Flow> flow = co_await read_flow(context, request, *id);
  if (!flow) co_return said_as_order(flow.error());
  Json body = order(flow->order);
  body["correlationId"] = correlation_of(*flow);
  co_return http::json_response(200, body);
}

Result<std::string> reason_of(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::Object body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return reason.value_or("Cancelled by the customer");
}

awaitable<Answer> cancel_order(Context& context, Request& request) {
  const auto id = order_of_path(request);
  if (!id) co_return id.error();
  auto reason = reason_of(request);
  if (!reason) co_return reason.error();
  Command command = CancelOrderRequest{*id, actor_of(request), std::move(reason).value()};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return said_as_order(done.error());
  const Json body{{"message", "주문이 취소되었습니다."}, {"orderId", id->text()}};
  co_return http::json_response(200, body);
}

Result<std::string> payment_of(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::Object body(*json);
  std::string payment = body.text("paymentId", {.max = payment_id_max, .not_empty = true});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return payment;
}

awaitable<Answer> confirm_order(Context& context, Request& request) {
  const auto id = order_of_path(request);
  if (!id) co_return id.error();
  auto payment = payment_of(request);
  if (!payment) co_return payment.error();
  Command command = ConfirmOrderRequest{*id, actor_of(request), *payment};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return said_as_order(done.error());
  const Json body{{"message", "주문이 확인되었습니다."}, {"orderId", id->text()}, {"paymentId", *payment}};
  co_return http::json_response(200, body);
}

}  // namespace

void add_order_routes(http::Router& router, Context& context) {
  using http::Access;
  using http::Method;
  const auto bind = [&context](awaitable<Answer> (*handler)(Context&, Request&)) {
    return [&context, handler](Request& request) { return handler(context, request); };
  };
  router.add({Method::post, "/orders", Access::user, bind(place_order), "Places an order and starts its saga",
              "orders"});
  router.add({Method::post, "/orders/test/create", Access::user, bind(place_order),
              "The same as POST /orders", "orders"});
  router.add({Method::get, "/orders", Access::user, bind(list_orders), "The caller's orders, newest first",
              "orders"});
  router.add({Method::get, "/orders/{id}", Access::user, bind(get_order), "One order", "orders"});
  router.add({Method::del, "/orders/{id}", Access::user, bind(cancel_order),
              "Cancels an order: its saga gives back what was charged", "orders"});
  router.add({Method::put, "/orders/{id}/confirm", Access::user, bind(confirm_order),
              "Confirms a pending order as paid", "orders"});
}

}  // namespace sagactl::api

// Checkouts, by choreography or orchestration: placed, listed, read and cancelled.
#include "server/api/checkout/checkout.hpp"
#include "server/api/checkout/handlers.hpp"
#include "server/api/checkout/render_checkout.hpp"
#include "server/api/checkout/render_checkout_saga.hpp"
#include "server/api/orders/parse_order.hpp"
#include "server/api/orders/place_order.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

// The answers to what was just placed show it as it was accepted, before its payment was begun.
std::string choreographed_json(const Flow& flow) {
  Json order = checkout_order_json(flow);
  order["status"] = "PENDING";
  const Json answer{{"message", "Order created successfully"}, {"order", std::move(order)}};
  return json_text(answer);
}

std::string orchestrated_json(const Flow& flow) {
  return json_text({{"message", "Order saga started"},
                    {"sagaId", checkout_saga_id(*flow.saga)},
                    {"orderId", flow.order.id.text()},
                    {"status", "STARTED"},
                    {"currentStep", checkout_saga_step(*flow.saga)},
                    {"correlationId", correlation_of(flow)}});
}

awaitable<Answer> place_checkout(Context& context, Request& request, std::string_view saga,
                                 std::string (*render)(const Flow&), std::string_view location_prefix) {
  auto parsed = parse_customer_order(request.body, saga);
  Answer answer = co_await place_order(context, request, std::move(parsed), render, location_prefix);
  if (!answer) co_return checkout_error(answer.error());
  co_return answer;
}

}  // namespace

awaitable<Answer> post_choreographed_checkout(Context& context, Request& request) {
  return place_checkout(context, request, checkout_choreography_saga, choreographed_json, "/api/orders/");
}

awaitable<Answer> post_orchestrated_checkout(Context& context, Request& request) {
  return place_checkout(context, request, checkout_saga, orchestrated_json, "/api/orchestrator/sagas/order/");
}

awaitable<Answer> list_checkouts(Context& context, Request& request) {
  const Result<FlowPage> found = co_await read_checkouts(context, request);
  if (!found) co_return checkout_error(found.error());
  Json body = Json::array();
  for (const Flow& flow : found->flows) body.push_back(checkout_order_json(flow));
  co_return http::json_response(200, body);
}

awaitable<Answer> get_checkout(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return id.error();
  const Result<Flow> flow = co_await read_checkout(context, request, *id);
  if (!flow) co_return flow.error();
  const Json body = checkout_order_json(*flow);
  co_return http::json_response(200, body);
}

awaitable<Answer> cancel_checkout(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return id.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return checkout_error(json.error());
  http::ObjectReader body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) co_return checkout_error(valid.error());
  const Result<Flow> before = co_await read_checkout(context, request, *id);
  if (!before) co_return before.error();
  Command command = CancelOrderRequest{*id, actor_of(request), reason.value_or("Cancelled by the customer")};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return checkout_error(receipt.error());
  const Json answer{{"message", "Order cancelled successfully"}, {"order", checkout_order_json(*receipt->flow)}};
  co_return http::json_response(200, answer);
}

}  // namespace sagactl::api

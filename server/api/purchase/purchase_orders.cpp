// Purchases: placed and read.
#include "server/api/accounts/guest.hpp"
#include "server/api/orders/handlers.hpp"
#include "server/api/orders/parse_order.hpp"
#include "server/api/orders/place_order.hpp"
#include "server/api/purchase/handlers.hpp"
#include "server/api/purchase/render_purchase.hpp"
#include "server/api/read_flow.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t purchase_id_max = 255;  // of a user and of an item

Result<PlaceOrder> parse_purchase(std::string_view text) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PlaceOrder order;
  http::ObjectReader body(*json);
  order.saga = item_purchase_saga;
  order.key_only = true;
  order.customer = body.text("userId", {.max = purchase_id_max, .not_empty = true});
  OrderItem& item = order.items.emplace_back();
  item.product_id = body.text("itemId", {.max = purchase_id_max, .not_empty = true});
  item.quantity = body.integer("quantity", {.min = 1, .max = quantity_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return order;
}

}  // namespace

awaitable<Answer> post_purchase(Context& context, Request& request) {
  auto parsed = parse_purchase(request.body);
  co_return co_await place_order(context, request, std::move(parsed), placed_purchase_json, "/purchase/orders/");
}

bool is_purchase(const Request& request) {
  if (request.body.find("\"itemId\"") == std::string::npos) return false;
  const auto json = http::parse_json_object(request.body);
  return json && json->contains("itemId") && !json->contains("items");
}

awaitable<Answer> post_order_or_purchase(Context& context, Request& request) {
  return request.caller->id == guest_id ? post_purchase(context, request) : post_order(context, request);
}

awaitable<Answer> get_purchase(Context& context, Request& request) {
  const auto id = OrderId::parse(request.parameter("orderId"));
  const Error missing{ErrorCode::not_found, "Order not found"};
  if (!id) co_return missing;
  const Result<Flow> flow = co_await read_flow(context, request, *id);
  if (!flow && flow.error().code != ErrorCode::not_found) co_return flow.error();
  if (!flow || !flow->saga || flow->saga->type != item_purchase_saga) co_return missing;
  const Json body = purchase_json(*flow);
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api

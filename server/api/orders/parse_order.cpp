#include "server/api/orders/parse_order.hpp"

#include <fmt/format.h>

#include "server/api/orders/idempotency.hpp"
#include "server/api/orders/plain_order.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t customer_bytes_max = 255;

// Bounds that the reference system does not check. Apart from its own checks, so that these keep its exact messages.
void check_bounds(http::ObjectReader& object, const OrderItem& item) {
  if (object.has("productId") && item.product_id.empty()) object.fault("productId should not be empty");
  if (item.product_id.size() > product_id_bytes_max)
    object.fault(fmt::format("productId must be shorter than or equal to {} characters", product_id_bytes_max));
  if (item.product_name.size() > product_name_bytes_max)
    object.fault(fmt::format("productName must be shorter than or equal to {} characters", product_name_bytes_max));
  if (item.quantity > quantity_max) object.fault(fmt::format("quantity must not be greater than {}", quantity_max));
}

// An array "items" of {productId, productName, quantity, price}.
std::vector<OrderItem> read_items(http::ObjectReader& body) {
  std::vector<OrderItem> items;
  body.objects("items", {.min = 1, .max = order_items_max}, [&](http::ObjectReader& item) {
    OrderItem& next = items.emplace_back();
    next.product_id = item.text("productId");
    next.product_name = item.text("productName");
    next.quantity = item.integer("quantity", {.min = 1});
    next.price = item.money("price");
    check_bounds(item, next);
  });
  return items;
}

}  // namespace

Result<PlaceOrder> parse_order(std::string_view text) {
  if (auto order = read_plain_order(text)) return std::move(*order);
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PlaceOrder order;
  http::ObjectReader body(*json);
  order.items = read_items(body);
  order.address = body.text("shippingAddress");
  if (auto key = body.optional_text("idempotencyKey", {.max = idempotency_key_bytes_max, .not_empty = true}))
    order.idempotency_key = std::move(*key);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return order;
}

Result<PlaceOrder> parse_customer_order(std::string_view text, std::string_view saga) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PlaceOrder order;
  http::ObjectReader body(*json);
  order.saga = saga;
  order.key_only = true;
  order.customer = body.text("customerId", {.max = customer_bytes_max, .not_empty = true});
  order.items = read_items(body);
  if (auto address = body.optional_text("shippingAddress")) order.address = std::move(*address);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return order;
}

}  // namespace sagactl::api

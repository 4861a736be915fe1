#include "server/api/orders/render_order.hpp"

#include "common/text/json_object.hpp"
#include "common/time.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {
namespace {

// `"name":` and the comma before it where one is needed. Precondition: `name` has no character to escape.
void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  append_name(out, name);
  append_json_string(out, text);
}

// Precondition: `text` has no character to escape, as ids, times and statuses.
void append_plain(std::string& out, std::string_view name, std::string_view text) {
  append_name(out, name);
  out += '"';
  out += text;
  out += '"';
}

void append_items(std::string& out, const std::vector<OrderItem>& items) {
  append_name(out, "items");
  out += '[';
  for (const OrderItem& item : items) {
    if (out.back() != '[') out += ',';
    out += '{';
    append_member(out, "productId", item.product_id);
    append_member(out, "productName", item.product_name);
    append_name(out, "quantity");
    out += std::to_string(item.quantity);
    append_name(out, "price");
    out += item.price.number_text();
    out += '}';
  }
  out += ']';
}

}  // namespace

std::string placed_order_json(const Flow& flow) {
  const Order& order = flow.order;
  std::string out;
  out.reserve(512);
  out += '{';
  append_plain(out, "id", order.id.text());
  append_plain(out, "userId", order.user.text());
  append_name(out, "totalAmount");
  out += order.total.number_text();
  append_plain(out, "status", to_string(order.status));
  append_items(out, order.items);
  append_member(out, "shippingAddress", order.address);
  append_plain(out, "createdAt", iso8601_ms(order.created_at));
  append_plain(out, "updatedAt", iso8601_ms(order.updated_at));
  append_member(out, "correlationId", correlation_of(flow));
  append_member(out, "nodeId", order.node);
  out += '}';
  return out;
}

Json order_json(const Order& order) {
  return Json{{"id", order.id.text()},
              {"userId", order.user.text()},
              {"totalAmount", order.total.text()},
              {"status", to_string(order.status)},
              {"items", to_json(order.items)},
              {"shippingAddress", order.address},
              {"createdAt", iso8601_ms(order.created_at)},
              {"updatedAt", iso8601_ms(order.updated_at)},
              {"paymentId", text_or_null(order.payment_id)},
              {"cancelReason", text_or_null(order.cancel_reason)},
              {"nodeId", order.node}};
}

Json traced_order_json(const Order& order) {
  return Json{{"id", order.id.text()},
              {"status", to_string(order.status)},
              {"totalAmount", order.total.text()},
              {"items", to_json(order.items)},
              {"paymentId", text_or_null(order.payment_id)},
              {"idempotencyKey", text_or_null(order.idempotency_key)},
              {"cancelReason", text_or_null(order.cancel_reason)},
              {"nodeId", order.node},
              {"createdAt", iso8601_ms(order.created_at)},
              {"updatedAt", iso8601_ms(order.updated_at)}};
}

Json traced_payment_json(const Payment& payment) {
  return Json{{"id", payment.id.text()},
              {"status", to_string(payment.status)},
              {"amount", payment.amount.text()},
              {"method", to_string(payment.method)},
              {"externalTransactionId", text_or_null(payment.external_transaction_id)},
              {"failureReason", text_or_null(payment.failure_reason)},
              {"attempt", payment.execution},
              {"nodeId", payment.node},
              {"createdAt", iso8601_ms(payment.created_at)},
              {"updatedAt", iso8601_ms(payment.updated_at)}};
}

const Payment* latest_payment(const Flow& flow) {
  return flow.payments.empty() ? nullptr : &flow.payments.back();
}

}  // namespace sagactl::api

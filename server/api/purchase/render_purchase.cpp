#include "server/api/purchase/render_purchase.hpp"

#include "common/time.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {

std::string_view purchase_status(const Order& order) {
  switch (order.status) {
    case OrderStatus::paid:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return "completed";
    case OrderStatus::cancelled:
      return "cancelled";
    case OrderStatus::failed:
      return "failed";
    case OrderStatus::pending:
    case OrderStatus::processing:
      break;
  }
  return "pending";
}

Json purchase_json(const Flow& flow) {
  const Order& order = flow.order;
  const OrderItem item = order.items.empty() ? OrderItem{} : order.items.front();
  return Json{{"orderId", order.id.text()},
              {"sagaId", order.id.text()},
              {"correlationId", correlation_of(flow)},
              {"userId", order.customer},
              {"itemId", item.product_id},
              {"itemName", item.product_name},
              {"quantity", item.quantity},
              {"price", item.price.number()},
              {"totalPrice", order.total.number()},
              {"status", purchase_status(order)},
              {"sagaStatus", flow.saga ? Json(to_string(flow.saga->status)) : Json(nullptr)},
              {"currentStep", flow.saga ? Json(saga_step(flow)) : Json(nullptr)},
              {"failureReason", flow.saga ? text_or_null(flow.saga->error) : Json(nullptr)},
              {"nodeId", order.node},
              {"createdAt", iso8601_ms(order.created_at)},
              {"updatedAt", iso8601_ms(order.updated_at)}};
}

std::string placed_purchase_json(const Flow& flow) {
  Json body = purchase_json(flow);
  body["message"] = "Order created; the purchase has begun";
  return json_text(body);
}

}  // namespace sagactl::api

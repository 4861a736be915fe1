#include "cli/client/order_system.hpp"

#include "cli/client/json_answer.hpp"

namespace sagactl {
namespace {

constexpr const char* default_address = "to be collected";

Error wrong(OrderSystem system, const std::string& what) {
  return Error{ErrorCode::invalid, "--system " + std::string(to_string(system)) + " " + what};
}

Result<void> check(OrderSystem system, const OrderRequest& request) {
  const bool is_checkout = system == OrderSystem::checkout || system == OrderSystem::checkout_choreography;
  if (is_checkout && request.customer.empty()) return wrong(system, "needs --customer NAME");
  if (!is_checkout && !request.customer.empty()) return wrong(system, "takes no --customer");
  if (system != OrderSystem::purchase) {
    if (!request.user.empty()) return wrong(system, "takes no --user");
    return {};
  }
  if (request.user.empty()) return wrong(system, "needs --user ID");
  if (request.items.size() != 1) return wrong(system, "takes one --item");
  if (request.priced) return wrong(system, "takes --item ITEM[:QUANTITY]: the price is the item's own");
  if (!request.address.empty()) return wrong(system, "takes no --address");
  return {};
}

Json body_of(OrderSystem system, const OrderRequest& request) {
  if (system == OrderSystem::purchase)
    return Json{
        {"userId", request.user}, {"itemId", request.items[0].product_id}, {"quantity", request.items[0].quantity}};
  if (system != OrderSystem::order) {
    Json body{{"customerId", request.customer}, {"items", to_json(request.items)}};
    if (!request.address.empty()) body["shippingAddress"] = request.address;
    return body;
  }
  Json body{{"items", to_json(request.items)}};
  body["shippingAddress"] = or_default(request.address, default_address);
  if (!request.idempotency_key.empty()) body["idempotencyKey"] = request.idempotency_key;
  return body;
}

const char* create_path(OrderSystem system) {
  switch (system) {
    case OrderSystem::order:
      return "/orders";
    case OrderSystem::checkout:
      return "/api/orchestrator/orders";
    case OrderSystem::checkout_choreography:
      return "/api/orders";
    case OrderSystem::purchase:
      return "/purchase/orders";
  }
  return "/orders";
}

}  // namespace

Result<HttpRequest> create_request(OrderSystem system, const OrderRequest& order) {
  if (const auto fits = check(system, order); !fits) return fits.error();
  HttpRequest request{"POST", create_path(system), json_text(body_of(system, order)), {}};
  if (system != OrderSystem::order && !order.idempotency_key.empty())
    request.headers.push_back({"Idempotency-Key", order.idempotency_key});
  return request;
}

Json order_in_answer(OrderSystem system, const Json& answer) {
  return system == OrderSystem::checkout_choreography ? json_member(answer, "order") : answer;
}

std::string order_path(OrderSystem system, const std::string& id) {
  switch (system) {
    case OrderSystem::order:
      return "/orders/" + percent_encode(id);
    case OrderSystem::checkout:
    case OrderSystem::checkout_choreography:
      return "/api/orders/" + percent_encode(id);
    case OrderSystem::purchase:
      return "/purchase/orders/" + percent_encode(id);
  }
  return "/orders/" + percent_encode(id);
}

Json normalized_order(OrderSystem system, Json order) {
  if (system == OrderSystem::order || !order.is_object()) return order;
  const auto copy = [&](const char* name, const char* common) {
    if (const auto found = order.find(name); found != order.end() && !order.contains(common)) order[common] = *found;
  };
  copy("orderId", "id");
  copy("totalPrice", "totalAmount");
  copy("userId", "customerId");
  copy("failureReason", "cancelReason");
  if (order.contains("itemId"))
    order["items"] = Json::array({Json{{"productId", order["itemId"]}, {"quantity", order["quantity"]}}});
  return order;
}

}  // namespace sagactl

// The order system's routes: orders are placed, read, cancelled and confirmed by their owner or an admin.
#include "server/api/routes.hpp"
#include "server/api/orders/handlers.hpp"
#include "server/api/purchase/handlers.hpp"

namespace sagactl::api {

void add_order_routes(http::Router& router, Context& context) {
  using http::Method;
  const RouteGroup orders{router, context, "orders", http::RouteAccess::user};
  RouteGroup placing = orders;
  placing.is_for_guests = is_purchase;
  placing.add(Method::post, "/orders", post_order_or_purchase, "Places an order and starts its saga");
  orders.add(Method::post, "/orders/test/create", post_order, "The same as POST /orders");
  orders.add(Method::get, "/orders", list_orders, "The caller's orders, newest first");
  orders.add(Method::get, "/orders/{id}", get_order, "One order");
  orders.add(Method::del, "/orders/{id}", cancel_order, "Cancels an order; its saga refunds what was charged");
  orders.add(Method::put, "/orders/{id}/confirm", confirm_order, "Confirms a pending order as paid");
}

}  // namespace sagactl::api

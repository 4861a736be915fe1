// The purchase system's routes: users with a balance and inventory slots buy items.
#include "server/api/routes.hpp"
#include "server/api/purchase/handlers.hpp"

namespace sagactl::api {

void add_purchase_routes(http::Router& router, Context& context) {
  using http::Method;
  const RouteGroup purchase{router, context, "purchase", http::RouteAccess::guest};
  purchase.add(Method::post, "/purchase/setup-test-data", set_up_test_data,
               "Creates test users and items that do not exist yet");
  purchase.add(Method::post, "/purchase/orders", post_purchase, "Buys an item for a user");
  purchase.add(Method::get, "/purchase/orders/{orderId}", get_purchase, "One purchase");
  purchase.add(Method::get, "/purchase/user/{id}/balance", get_user_balance, "A user's balance");
  purchase.add(Method::get, "/purchase/user/{id}/inventory", get_user_inventory, "A user's slots and items");
  purchase.add(Method::get, "/purchase/user/{id}/orders", list_user_purchases,
               "A user's purchases, newest first, at most 1000");

  // As the purchase system's own users call it; a guest's POST /orders with an itemId is a purchase too.
  purchase.add(Method::post, "/setup-test-data", set_up_test_data, "The same as POST /purchase/setup-test-data");
  purchase.add(Method::get, "/user/{id}/balance", get_user_balance, "The same as GET /purchase/user/{id}/balance");
  purchase.add(Method::get, "/user/{id}/inventory", get_user_inventory,
               "The same as GET /purchase/user/{id}/inventory");
  purchase.add(Method::get, "/user/{id}/orders", list_user_purchases, "The same as GET /purchase/user/{id}/orders");
}

}  // namespace sagactl::api

// The checkout system's routes: orders that are paid and take stock, by choreography or orchestration, their payments,
// and the stock of products.
#include "server/api/routes.hpp"
#include "server/api/checkout/handlers.hpp"

namespace sagactl::api {

void add_checkout_routes(http::Router& router, Context& context) {
  using http::Method;
  const RouteGroup checkout{router, context, "checkout", http::RouteAccess::guest};
  checkout.add(Method::post, "/api/orders", post_choreographed_checkout, "Places a checkout by choreography");
  checkout.add(Method::get, "/api/orders", list_checkouts, "Checkouts, newest first, at most 1000");
  checkout.add(Method::get, "/api/orders/{orderId}", get_checkout, "One checkout");
  checkout.add(Method::post, "/api/orders/{orderId}/cancel", cancel_checkout,
               "Cancels a checkout; its stock is released and its payment refunded");
  checkout.add(Method::post, "/api/orchestrator/orders", post_orchestrated_checkout,
               "Places a checkout by orchestration");
  checkout.add(Method::get, "/api/orchestrator/sagas", list_checkout_sagas,
               "Orchestrated sagas, filtered by status, sorted, in pages");
  checkout.add(Method::get, "/api/orchestrator/sagas/{sagaId}", get_checkout_saga, "One orchestrated saga");
  checkout.add(Method::get, "/api/orchestrator/sagas/order/{orderId}", get_saga_of_checkout,
               "The orchestrated saga of an order");
  checkout.add(Method::post, "/api/orchestrator/sagas/{sagaId}/retry", retry_checkout_saga,
               "Retries a failed or compensated saga");

  const RouteGroup payments{router, context, "payments", http::RouteAccess::guest};
  payments.add(Method::get, "/api/payments", list_payments, "Payments of the newest 1000 checkouts");
  payments.add(Method::get, "/api/payments/{paymentId}", get_payment, "One payment");
  payments.add(Method::get, "/api/payments/order/{orderId}", get_payment_of_checkout,
               "The latest payment of a checkout");
  payments.add(Method::post, "/api/payments/order/{orderId}/refund", refund_payment,
               "Refunds a payment by cancelling its checkout");
  payments.add(Method::post, "/api/payments/confirm", confirm_payment,
               "Confirms the payment that a buyer has authorised, under its key at the provider");
  payments.add(Method::post, "/api/payments/create-from-toss", create_payment_from_toss,
               "Records a payment that the provider has and the node does not");

  const RouteGroup shop{router, context, "payments", http::RouteAccess::anyone};
  shop.add(Method::get, "/shop/settings", get_shop_settings, "How one pays at this node, for the page of the shop");

  const RouteGroup inventory{router, context, "inventory", http::RouteAccess::guest};
  inventory.add(Method::post, "/api/inventory/initialize", initialize_inventory,
                "Creates the sample products that do not exist yet");
  inventory.add(Method::get, "/api/inventory", list_stock,
                "Products with their available, reserved and sold quantities");
  inventory.add(Method::get, "/api/inventory/{productId}", get_stock, "One product");
  inventory.add(Method::put, "/api/inventory/{productId}", put_stock, "Sets the available quantity of a product");
  inventory.add(Method::get, "/api/reservations/order/{orderId}", get_reservation,
                "The stock that a checkout reserved");
}

}  // namespace sagactl::api

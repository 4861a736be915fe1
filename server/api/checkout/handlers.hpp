// The handlers of the routes in checkout/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

// checkout_orders.cpp
awaitable<Answer> post_choreographed_checkout(Context& context, Request& request);
awaitable<Answer> post_orchestrated_checkout(Context& context, Request& request);
awaitable<Answer> list_checkouts(Context& context, Request& request);
awaitable<Answer> get_checkout(Context& context, Request& request);
awaitable<Answer> cancel_checkout(Context& context, Request& request);

// checkout_sagas.cpp
awaitable<Answer> list_checkout_sagas(Context& context, Request& request);
awaitable<Answer> get_checkout_saga(Context& context, Request& request);
awaitable<Answer> get_saga_of_checkout(Context& context, Request& request);
awaitable<Answer> retry_checkout_saga(Context& context, Request& request);

// checkout_payments.cpp
awaitable<Answer> list_payments(Context& context, Request& request);
awaitable<Answer> get_payment(Context& context, Request& request);
awaitable<Answer> get_payment_of_checkout(Context& context, Request& request);
awaitable<Answer> refund_payment(Context& context, Request& request);
awaitable<Answer> confirm_payment(Context& context, Request& request);
awaitable<Answer> create_payment_from_toss(Context& context, Request& request);

// shop_settings.cpp
Answer get_shop_settings(Context& context, Request& request);

// checkout_inventory.cpp
awaitable<Answer> initialize_inventory(Context& context, Request& request);
awaitable<Answer> list_stock(Context& context, Request& request);
awaitable<Answer> get_stock(Context& context, Request& request);
awaitable<Answer> put_stock(Context& context, Request& request);
awaitable<Answer> get_reservation(Context& context, Request& request);

}  // namespace sagactl::api

// The handlers of the routes in purchase/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

awaitable<Answer> set_up_test_data(Context& context, Request& request);
awaitable<Answer> post_purchase(Context& context, Request& request);
// Whether the body of POST /orders is a purchase: it has an itemId and no items.
bool is_purchase(const Request& request);
// POST /orders: a guest's purchase, or a user's order.
awaitable<Answer> post_order_or_purchase(Context& context, Request& request);
awaitable<Answer> get_purchase(Context& context, Request& request);
awaitable<Answer> get_user_balance(Context& context, Request& request);
awaitable<Answer> get_user_inventory(Context& context, Request& request);
awaitable<Answer> list_user_purchases(Context& context, Request& request);

}  // namespace sagactl::api

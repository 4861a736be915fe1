// The handlers of the routes in orders/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

awaitable<Answer> post_order(Context& context, Request& request);
awaitable<Answer> list_orders(Context& context, Request& request);
awaitable<Answer> get_order(Context& context, Request& request);
awaitable<Answer> cancel_order(Context& context, Request& request);
awaitable<Answer> confirm_order(Context& context, Request& request);

}  // namespace sagactl::api

// The handlers of the routes in definitions/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

// list_definitions.cpp
awaitable<Answer> list_saga_definitions(Context& context, Request& request);
awaitable<Answer> get_definition(Context& context, Request& request);
awaitable<Answer> list_definition_versions(Context& context, Request& request);

// publish_definition.cpp
awaitable<Answer> put_definition(Context& context, Request& request);
awaitable<Answer> retire_definition(Context& context, Request& request);

// start_saga.cpp
awaitable<Answer> start_saga(Context& context, Request& request);

// order_for_definition.cpp
awaitable<Answer> post_order_for_definition(Context& context, Request& request);

}  // namespace sagactl::api

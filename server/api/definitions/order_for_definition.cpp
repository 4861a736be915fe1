// Orders for any built-in definition.
#include <fmt/format.h>

#include "server/api/definitions/handlers.hpp"
#include "server/api/orders/parse_order.hpp"
#include "server/api/orders/place_order.hpp"
#include "server/api/orders/render_order.hpp"

namespace sagactl::api {

awaitable<Answer> post_order_for_definition(Context& context, Request& request) {
  const SagaDefinition* definition = find_definition(request.parameter("name"));
  if (!definition) co_return Error{ErrorCode::not_found, "Saga definition not found"};
  auto parsed = parse_customer_order(request.body, definition->name);
  co_return co_await place_order(context, request, std::move(parsed), placed_order_json, "/orders/");
}

}  // namespace sagactl::api

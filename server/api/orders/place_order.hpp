// Placing orders of all surfaces. Nothing is read from the database before: the engine decides, and the answer is sent
// when the order is durable. POST /orders is the busiest route.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

// Places `parsed`, which lacks id, actor, trace and replay, and answers 201 with the body that `render` makes of the
// order and Location: `location_prefix` and its id. Counts the result, also of a body that could not be parsed.
// `location_prefix` outlives the await.
boost::asio::awaitable<http::Answer> place_order(Context& context, http::Request& request, Result<PlaceOrder> parsed,
                                                 std::string (*render)(const Flow&), std::string_view location_prefix);

}  // namespace sagactl::api

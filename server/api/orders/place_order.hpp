// Placing orders of all systems: nothing is read from the database before; the engine is asked, and the answer is
// given when the order is durable. POST /orders is the busiest route.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/api/context.hpp"
#include "server/http/router.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {

constexpr std::int64_t quantity_max = 1'000'000'000;  // of one product in one order

boost::asio::awaitable<http::Answer> place_order(Context& context, http::Request& request);

// Places the order that `parsed` describes, which needs no id, actor, trace or key of the header yet, and answers
// 201 with what `render` makes of it; it is found at `where` followed by its id. Counts what became of the request,
// also when it could not be parsed. `where` outlives the await.
boost::asio::awaitable<http::Answer> place(Context& context, http::Request& request, Result<PlaceOrder> parsed,
                                           std::string (*render)(const Flow&), std::string_view where);

// What a body asks for; without the members that the request's headers and the options decide.
Result<PlaceOrder> parse_order(std::string_view body);
// The same of a shop that names its customers and holds no key for their products: {customerId, items,
// shippingAddress?}, for the saga of that name.
Result<PlaceOrder> parse_customer_order(std::string_view body, std::string_view saga);

}  // namespace sagactl::api

// POST /orders: the busiest route. It reads nothing from the database: it parses, asks the engine, and
// answers when the order is durable.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

boost::asio::awaitable<http::Answer> place_order(Context& context, http::Request& request);

// What a body asks for; without the members that the request's headers and the options decide.
Result<PlaceOrder> parse_order(std::string_view body);

}  // namespace sagactl::api

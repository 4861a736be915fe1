// What the routes of system B have in common.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/api/context.hpp"
#include "server/http/message/request.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

// Errors there have their text in the member "error".
Error said_as_checkout(Error error);

// "WHAT not found".
Error checkout_not_found(std::string_view what);

// The caller's checkouts, newest first, at most checkout_list_max.
boost::asio::awaitable<Result<FlowPage>> read_checkouts(Context& context, const http::Request& request);

// The caller's checkout of that id; an order of another system is not there.
boost::asio::awaitable<Result<Flow>> read_checkout(Context& context, const http::Request& request, OrderId id);

// The {orderId} of the path. `not_found` for what is no id.
Result<OrderId> checkout_of_path(const http::Request& request);

// Adds a GET, POST or PUT for guests.
using CheckoutHandler = boost::asio::awaitable<http::Answer> (*)(Context&, http::Request&);
void add_checkout_route(http::Router& router, Context& context, http::Method method, std::string pattern,
                        CheckoutHandler handler, std::string summary, std::string tag);

inline constexpr std::int64_t checkout_list_max = 1000;  // of the lists that have no pages

}  // namespace sagactl::api

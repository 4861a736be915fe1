// Submits commands to the engine and waits until they are durable or refused.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/api/context.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::api {

constexpr std::size_t reason_max = 1000;  // bytes of an operator's or customer's reason

// `unknown_outcome` when the request's deadline passes first: the command may still take effect.
boost::asio::awaitable<Result<Receipt>> submit(Context& context, const http::Request& request, Command command);

// The same for an order, under the lock of its idempotency key.
boost::asio::awaitable<Result<Receipt>> submit_order(Context& context, const http::Request& request,
                                                     PlaceOrder command);

}  // namespace sagactl::api

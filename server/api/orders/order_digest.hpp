// What a request for an order means, in short: two requests under one Idempotency-Key are the same when they ask for
// the same, however they spell it.
#pragma once

#include <string>

#include "server/engine/command.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::api {

// Of the route, its parameters and what the body asks for. Layout, the order of members, the spelling of numbers and a
// slash at the end of the path make no difference.
std::string order_digest(const http::Request& request, const PlaceOrder& order);

}  // namespace sagactl::api

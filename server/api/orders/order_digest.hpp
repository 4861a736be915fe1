// The digest by which two requests under one Idempotency-Key are compared: of what they ask for, not of how the body is
// written.
#pragma once

#include <string>

#include "server/engine/command.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::api {

// Of the route, its parameters and the parsed body. Whitespace, the order of members, the spelling of numbers and a
// trailing slash of the path make no difference.
std::string order_digest(const http::Request& request, const PlaceOrder& order);

}  // namespace sagactl::api

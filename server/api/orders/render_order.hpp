// Orders and payments as system A's clients know them. Pure.
#pragma once

#include <string>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

// The answer to the POST that made the order: amounts are numbers. JSON text, since it is the busiest answer.
std::string placed_order(const Flow& flow);

// An order in the answer to a GET: the total is a string.
Json order(const Order& order);

// The part of an order that a trace shows.
Json traced_order(const Order& order);

Json traced_payment(const Payment& payment);

// The payment that tells where the order stands: the one of the latest execution; null when there is none.
const Payment* present_payment(const Flow& flow);

// The text, or null when there is none.
Json text_or_null(const std::string& text);

}  // namespace sagactl::api

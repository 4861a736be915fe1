// Orders and payments as JSON, as the order system's API has them. Pure.
#pragma once

#include <string>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

// The answer to the POST that placed the order: amounts are numbers. Written as text, since it is the busiest answer.
std::string placed_order_json(const Flow& flow);

// An order in the answer to a GET: the total is a string.
Json order_json(const Order& order);

// The order in a trace.
Json traced_order_json(const Order& order);

Json traced_payment_json(const Payment& payment);

// The payment of the latest execution of the payment step; null when there is none.
const Payment* latest_payment(const Flow& flow);

}  // namespace sagactl::api

// Bodies of requests that place orders, as commands.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/result.hpp"
#include "server/engine/command.hpp"

namespace sagactl::api {

constexpr std::int64_t quantity_max = 1'000'000'000;  // of one product in one order

// Both leave out what the request's headers and the node's options decide: id, actor, trace, replay.

// The order system's: {items, shippingAddress, idempotencyKey?}.
Result<PlaceOrder> parse_order(std::string_view body);
// Of a shop that names its customers and has no idempotency key by products, for the saga of that name:
// {customerId, items, shippingAddress?}.
Result<PlaceOrder> parse_customer_order(std::string_view body, std::string_view saga);

}  // namespace sagactl::api

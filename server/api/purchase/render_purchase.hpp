// Purchases as JSON. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

// "pending", "completed", "cancelled" or "failed".
std::string_view purchase_status(const Order& order);

Json purchase_json(const Flow& flow);

// The answer to the POST that placed it.
std::string placed_purchase_json(const Flow& flow);

}  // namespace sagactl::api

// Reads an order's items from their JSON text without building a tree: every order is read at least once.
#pragma once

#include <string_view>
#include <vector>

#include "server/participants/order.hpp"

namespace sagactl {

// Reads what to_json_text() wrote. `bug` for anything else.
Result<std::vector<OrderItem>> read_items(std::string_view text);

}  // namespace sagactl

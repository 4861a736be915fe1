// What an order needs of the database when it is placed, or claims its key again. Pure.
#pragma once

#include <string>
#include <vector>

#include "server/engine/command.hpp"

namespace sagactl {

// The idempotency key under which the order is held; empty: none.
std::string key_of(const PlaceOrder& command);

// The stock that its saga will draw from.
std::vector<StockKey> stocks_of(const PlaceOrder& command);

// The items, with what the stock says of them: who buys an item of StockKind::item names neither it nor its price.
// `invalid` or `not_found` when stock is wanted that is not there.
Result<std::vector<OrderItem>> items_of(const PlaceOrder& command, const StockOverlay& stocks);

// An order that is retried claims its key again.
bool may_claim_again(const Flow& flow);

}  // namespace sagactl

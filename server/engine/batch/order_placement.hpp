// What placing an order requires: its idempotency key, its stock, its items. Pure.
#pragma once

#include <string>
#include <vector>

#include "server/engine/command.hpp"

namespace sagactl {

// The idempotency key that the order will hold: the client's, or else the default key of its items. Empty: none.
std::string idempotency_key_of(const PlaceOrder& command);

// The digest of that key.
KeyDigest key_digest_of(const PlaceOrder& command, const std::string& key);

// The stock that its saga will use.
std::vector<StockKey> stocks_of(const PlaceOrder& command);

// The items, completed from the stock: a purchase (StockKind::item) names neither the product name nor the price.
// `invalid` or `not_found` when the order needs stock that does not exist.
Result<std::vector<OrderItem>> items_of(const PlaceOrder& command, const StockOverlay& stocks);

// Whether a retry of the saga has to claim the order's key again.
bool must_reclaim_key(const Flow& flow);

}  // namespace sagactl

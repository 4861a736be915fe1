// Compares what one order needs of the stock with what it has reserved and bought.
#pragma once

#include <optional>

#include "analysis/violations.hpp"

namespace sagactl {

// What is wrong with the order's reservations of this kind; nothing: they are as they should be.
std::optional<Witness> reservation_mismatch(const FlowFacts& facts, StockKind kind);

// Whether the order is paid (or later): its value and its units count as sold.
bool is_completed(OrderStatus status);

}  // namespace sagactl

// What one order was promised of the stock, held against what it has reserved and bought.
#pragma once

#include <optional>

#include "analysis/violations.hpp"

namespace sagactl {

// What is wrong with the order's part in the stock of this kind; nothing: it got what it wants.
std::optional<Witness> broken_promise(const FlowFacts& facts, StockKind kind);

// Whether the order is paid for, and stays so: its value and its units count as sold.
bool is_completed(OrderStatus status);

}  // namespace sagactl

// Invariants of a simulated cluster once it has settled, checked against the database and the provider's accounts.
#pragma once

#include <string>
#include <vector>

#include "server/ports/history.hpp"
#include "tests/simulation/unreliable_ports.hpp"

namespace sagactl::simulation {

// Each returns the violations, one line each.

// Every saga has ended. What the provider has charged and not refunded matches the payments and, for each definition,
// the value of the orders whose sagas are completed; a failed saga may have been charged or not.
std::vector<std::string> money_violations(History& history, const SimulatedProvider& provider);

// The events contain every change of every stock, in the order of its versions, without a gap: no quantity was ever
// negative, no unit was created by an order, and the last event matches the stored stock.
std::vector<std::string> stock_history_violations(History& history);

}  // namespace sagactl::simulation

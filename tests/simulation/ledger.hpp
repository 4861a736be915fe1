// What must be true when a world has come to rest, worked out from the database and the provider's own books.
#pragma once

#include <string>
#include <vector>

#include "server/ports/history.hpp"
#include "tests/simulation/ports.hpp"

namespace sagactl::simulation {

// Each gives what is wrong, one line each; empty: nothing.

// Every saga has ended. What the provider has taken and not given back is what the payments say, and, in each system,
// the value of the orders whose sagas are completed; a saga that is failed may have been charged or not.
std::vector<std::string> money_violations(History& history, const Provider& provider);

// The events tell every change of every stock, in the order of its versions, without a gap: nothing was ever below
// zero, no unit came out of nothing, and the last is what is stored.
std::vector<std::string> stock_history_violations(History& history);

}  // namespace sagactl::simulation

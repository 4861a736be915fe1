// Whether what left another system's stock during a load is what the run's orders have.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "analysis/foreign/foreign_orders.hpp"
#include "analysis/verdict.hpp"

namespace sagactl {

// Of a product: the sums of its rows.
struct ForeignStock {
  std::int64_t initial = 0, available = 0;
  bool has_reserved = false;  // the query returns its reserved units, so that they are not available
};
using ForeignStocks = std::map<std::string, ForeignStock>;  // by product

// The verdict about `now` for a stock that adds up, as `summary` says. FAIL only for products that nobody but the run's
// orders can have taken; otherwise what differs is UNKNOWN. `before`: of the time before the load; a product that it
// lacks began with its `initial`.
Verdict stock_of_orders(const ForeignOrders& orders, const Profile& profile, const ForeignStocks& before,
                        const ForeignStocks& now, std::string_view summary);

}  // namespace sagactl

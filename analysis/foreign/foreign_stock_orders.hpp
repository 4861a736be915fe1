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
  bool is_unread = false;     // one of its rows could not be read, so that it is not compared
};
using ForeignStocks = std::map<std::string, ForeignStock>;  // by product

// What the requests that create orders have of their items and users.
struct SentItems {
  bool products = false, quantities = false, users = false;
  std::uint32_t count = 1;  // of the items of an order
};
SentItems sent_items(const Profile& profile, const Ledger& ledger);

// The verdict about `now` for a stock that adds up, as `summary` says. FAIL only for products that nobody but the run's
// orders can have taken; otherwise what differs is UNKNOWN. `before`: of the time before the load; a product that it
// lacks began with its `initial`.
Verdict stock_of_orders(const ForeignOrders& orders, const Profile& profile, const ForeignStocks& before,
                        const ForeignStocks& now, std::string_view summary);

}  // namespace sagactl

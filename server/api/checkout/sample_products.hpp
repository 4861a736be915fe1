// The products to try checkouts with.
#pragma once

#include <vector>

#include "server/participants/stock.hpp"

namespace sagactl::api {

// The same five every time; those that exist are left as they are.
std::vector<StockSetting> sample_products();

}  // namespace sagactl::api

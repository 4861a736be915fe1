// The table of stock. Many nodes draw from the same rows: they are always locked together, in the order of their keys,
// and after the flows.
#pragma once

#include <vector>

#include "server/adapters/postgres/names.hpp"
#include "server/participants/stock.hpp"

namespace sagactl::postgres {

extern const Statement sql_stock, sql_stocks, sql_all_stocks;  // by kind and id; by kind, after an id, so many; all

void send_stocks_load(Connection& connection, const std::vector<StockKey>& keys);
// What was looked for and is not there fails as a unique violation when another node was faster.
enum class StockWriting { insert, update, insert_or_update };
void send_stocks(Connection& connection, Names& names, const std::vector<const Stock*>& stocks, StockWriting how);

std::vector<Stock> read_stocks(Rows rows, Names& names);

}  // namespace sagactl::postgres

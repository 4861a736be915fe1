// The table of stock. Many nodes draw from the same rows: they are always locked together, in the order of their keys,
// and after the flows.
#pragma once

#include <vector>

#include "server/adapters/postgres/names.hpp"
#include "server/participants/stock.hpp"

namespace sagactl::postgres {

extern const Statement sql_stock, sql_stocks, sql_all_stocks;  // by kind and id; by kind, after an id, so many; all

void send_stocks_load(Connection& connection, const std::vector<StockKey>& keys);
// As with claims: new ones fail as a unique violation when another node was faster.
void send_new_stocks(Connection& connection, Names& names, const std::vector<const Stock*>& stocks);
void send_stocks(Connection& connection, Names& names, const std::vector<const Stock*>& stocks);  // insert or replace

std::vector<Stock> read_stocks(Rows rows, Names& names);

}  // namespace sagactl::postgres

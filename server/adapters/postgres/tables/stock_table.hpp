// The table of stock. Many nodes draw from the same rows: they are always locked together, in the order of their keys,
// and after the flows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/interned_names.hpp"
#include "server/participants/stock.hpp"

namespace sagactl::postgres {

extern const std::string sql_all_stocks;  // rows for sql::read_stock, by kind and id

void send_stocks_load(PostgresConnection& connection, const std::vector<StockKey>& keys);
// As with claims: new ones fail as a unique violation when another node was faster.
void send_new_stocks(PostgresConnection& connection, sql::InternedNames& names,
                     const std::vector<const Stock*>& stocks);
// Inserts or replaces.
void send_stocks(PostgresConnection& connection, sql::InternedNames& names, const std::vector<const Stock*>& stocks);

std::vector<Stock> read_stocks(PostgresRows rows, sql::InternedNames& names);

class StockQueries {
 public:
  StockQueries(PostgresConnection& connection, sql::InternedNames& names) : connection_(connection), names_(names) {}

  std::optional<Stock> find(const StockKey& key);
  std::vector<Stock> list(StockKind kind, const std::string& after, std::size_t limit);  // by id

 private:
  PostgresConnection& connection_;
  sql::InternedNames& names_;
};

}  // namespace sagactl::postgres

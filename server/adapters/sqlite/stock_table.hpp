// The table of stock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/adapters/sqlite/names.hpp"
#include "server/adapters/sqlite/query.hpp"
#include "server/participants/stock.hpp"

namespace sagactl::sqlite {

class StockTable {
 public:
  StockTable(Connection& connection, Names& names);

  void put(const Stock& stock);
  std::optional<Stock> find(const StockKey& key);
  std::vector<Stock> list(StockKind kind, const std::string& after, std::int64_t limit);
  std::vector<Stock> all();

 private:
  std::vector<Stock> read_all(Statement& row);
  Stock read_row(Statement& row);

  Names& names_;
  Query put_, find_, list_, all_;
};

}  // namespace sagactl::sqlite

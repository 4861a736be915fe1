// The table of stock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/participants/stock.hpp"

namespace sagactl::sqlite {

class StockTable {
 public:
  StockTable(SqliteConnection& connection, sql::InternedNames& names);

  void put(const Stock& stock);
  std::optional<Stock> find(const StockKey& key);
  std::vector<Stock> list(StockKind kind, const std::string& after, std::size_t limit);
  std::vector<Stock> all();

 private:
  std::vector<Stock> read_all(SqliteStatement& row);

  sql::InternedNames& names_;
  Query put_, find_, list_, all_;
};

}  // namespace sagactl::sqlite

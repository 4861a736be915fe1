#include "server/adapters/sqlite/tables/stock_table.hpp"

#include <fmt/format.h>

#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::sqlite {
namespace {

const std::string sql_put_stock =
    fmt::format("REPLACE INTO stock ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", sql::stock_columns);
const std::string sql_stocks = fmt::format("SELECT {} FROM stock ", sql::stock_columns);
const std::string sql_find_stock = sql_stocks + "WHERE kind = ? AND id = ?";
const std::string sql_list_stock = sql_stocks + "WHERE kind = ? AND id > ? ORDER BY id LIMIT ?";
const std::string sql_all_stocks = sql_stocks + "ORDER BY kind, id";

}  // namespace

StockTable::StockTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names),
      put_(connection, sql_put_stock),
      find_(connection, sql_find_stock),
      list_(connection, sql_list_stock),
      all_(connection, sql_all_stocks) {}

void StockTable::put(const Stock& stock) {
  put_()
      .bind(static_cast<int>(stock.key.kind))
      .bind(stock.key.id)
      .bind(stock.name)
      .bind(stock.price.cents)
      .bind(stock.total)
      .bind(stock.available)
      .bind(stock.reserved)
      .bind(stock.sold)
      .bind(names_.number_of_node(stock.node))
      .bind(stock.version)
      .bind(stock.created_at)
      .bind(stock.updated_at)
      .run();
}

std::optional<Stock> StockTable::find(const StockKey& key) {
  SqliteStatement& row = find_().bind(static_cast<int>(key.kind)).bind(key.id);
  const StatementReset reset_at_end(row);
  return sql::read_first(row, [&](SqliteStatement& each) { return sql::read_stock(each, names_); });
}

std::vector<Stock> StockTable::list(StockKind kind, const std::string& after, std::size_t limit) {
  return read_all(list_().bind(static_cast<int>(kind)).bind(after).bind(sql::sql_limit(limit)));
}

std::vector<Stock> StockTable::all() {
  return read_all(all_());
}

std::vector<Stock> StockTable::read_all(SqliteStatement& row) {
  const StatementReset reset_at_end(row);
  return sql::read_all(row, [&](SqliteStatement& each) { return sql::read_stock(each, names_); });
}

}  // namespace sagactl::sqlite

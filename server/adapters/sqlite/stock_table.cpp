#include "server/adapters/sqlite/stock_table.hpp"

namespace sagactl::sqlite {
namespace {

const std::string stock_columns = "kind, id, name, price, total, available, reserved, sold, node, version, created, updated";
const std::string sql_put_stock = "REPLACE INTO stock (" + stock_columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const std::string sql_find_stock = "SELECT " + stock_columns + " FROM stock WHERE kind = ? AND id = ?";
const std::string sql_list_stock = "SELECT " + stock_columns + " FROM stock WHERE kind = ? AND id > ? ORDER BY id LIMIT ?";
const std::string sql_all_stocks = "SELECT " + stock_columns + " FROM stock ORDER BY kind, id";

}  // namespace

StockTable::StockTable(Connection& connection, Names& names)
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
  Statement& row = find_().bind(static_cast<int>(key.kind)).bind(key.id);
  const Reading reading(row);
  if (!row.next()) return std::nullopt;
  return read_row(row);
}

std::vector<Stock> StockTable::list(StockKind kind, const std::string& after, std::int64_t limit) {
  return read_all(list_().bind(static_cast<int>(kind)).bind(after).bind(limit));
}

std::vector<Stock> StockTable::all() {
  return read_all(all_());
}

std::vector<Stock> StockTable::read_all(Statement& row) {
  const Reading reading(row);
  std::vector<Stock> stocks;
  while (row.next()) stocks.push_back(read_row(row));
  return stocks;
}

Stock StockTable::read_row(Statement& row) {
  Stock stock;
  stock.key.kind = static_cast<StockKind>(row.integer());
  stock.key.id = row.text();
  stock.name = row.text();
  stock.price = {row.integer()};
  stock.total = row.integer();
  stock.available = row.integer();
  stock.reserved = row.integer();
  stock.sold = row.integer();
  stock.node = names_.node(row.integer());
  stock.version = static_cast<int>(row.integer());
  stock.created_at = row.time();
  stock.updated_at = row.time();
  return stock;
}

}  // namespace sagactl::sqlite

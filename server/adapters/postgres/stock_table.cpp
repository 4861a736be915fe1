#include "server/adapters/postgres/stock_table.hpp"

namespace sagactl::postgres {
namespace {

const std::string stock_columns = "kind, id, name, price, total, available, reserved, sold, node, version, created, updated";
const std::string rows =
    "unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], "
    "$8::bigint[], $9::smallint[], $10::integer[], $11::bigint[], $12::bigint[])";
const Statement sql_load_stock{"stock_load", "SELECT " + stock_columns +
                                                 " FROM stock WHERE (kind, id) IN (SELECT * FROM unnest("
                                                 "$1::smallint[], $2::text[])) ORDER BY kind, id FOR UPDATE"};
const Statement sql_insert_stock{"stock_insert", "INSERT INTO stock (" + stock_columns + ") SELECT * FROM " + rows};
const Statement sql_put_stock{
    "stock_put", "INSERT INTO stock (" + stock_columns + ") SELECT * FROM " + rows +
                     " ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, price = excluded.price, total = "
                     "excluded.total, available = excluded.available, reserved = excluded.reserved, sold = "
                     "excluded.sold, node = excluded.node, version = excluded.version, created = excluded.created, "
                     "updated = excluded.updated"};

void send(Connection& connection, const Statement& statement, Names& names, const std::vector<const Stock*>& stocks) {
  if (stocks.empty()) return;
  Array kinds(Type::smallint), ids(Type::text), labels(Type::text), prices(Type::bigint), totals(Type::bigint),
      available(Type::bigint), reserved(Type::bigint), sold(Type::bigint), nodes(Type::smallint),
      versions(Type::integer), created(Type::bigint), updated(Type::bigint);
  for (const Stock* stock : stocks) {
    kinds.add(static_cast<int>(stock->key.kind));
    ids.add(std::string_view(stock->key.id));
    labels.add(std::string_view(stock->name));
    prices.add(stock->price.cents);
    totals.add(stock->total);
    available.add(stock->available);
    reserved.add(stock->reserved);
    sold.add(stock->sold);
    nodes.add(names.number_of_node(stock->node));
    versions.add(stock->version);
    created.add(stock->created_at.us);
    updated.add(stock->updated_at.us);
  }
  Parameters parameters;
  parameters.add(std::move(kinds)).add(std::move(ids)).add(std::move(labels)).add(std::move(prices));
  parameters.add(std::move(totals)).add(std::move(available)).add(std::move(reserved)).add(std::move(sold));
  parameters.add(std::move(nodes)).add(std::move(versions)).add(std::move(created)).add(std::move(updated));
  connection.send(statement, parameters);
}

}  // namespace

const Statement sql_stock{"stock_by_key",
                          "SELECT " + stock_columns + " FROM stock WHERE kind = $1::bigint AND id = $2::text"};
const Statement sql_stocks{"stock_list", "SELECT " + stock_columns +
                                             " FROM stock WHERE kind = $1::bigint AND id > $2::text ORDER BY id "
                                             "LIMIT $3::bigint"};
const Statement sql_all_stocks{"stock_all", "SELECT " + stock_columns + " FROM stock ORDER BY kind, id"};

void send_stocks_load(Connection& connection, const std::vector<StockKey>& keys) {
  Array kinds(Type::smallint), ids(Type::text);
  for (const StockKey& key : keys) {
    kinds.add(static_cast<int>(key.kind));
    ids.add(std::string_view(key.id));
  }
  connection.send(sql_load_stock, Parameters().add(std::move(kinds)).add(std::move(ids)));
}

void send_new_stocks(Connection& connection, Names& names, const std::vector<const Stock*>& stocks) {
  send(connection, sql_insert_stock, names, stocks);
}

void send_stocks(Connection& connection, Names& names, const std::vector<const Stock*>& stocks) {
  send(connection, sql_put_stock, names, stocks);
}

std::vector<Stock> read_stocks(Rows row, Names& names) {
  std::vector<Stock> stocks;
  while (row.next()) {
    Stock& stock = stocks.emplace_back();
    stock.key.kind = static_cast<StockKind>(row.integer());
    stock.key.id = row.text();
    stock.name = row.text();
    stock.price = {row.integer()};
    stock.total = row.integer();
    stock.available = row.integer();
    stock.reserved = row.integer();
    stock.sold = row.integer();
    stock.node = names.node(row.integer());
    stock.version = static_cast<int>(row.integer());
    stock.created_at = row.time();
    stock.updated_at = row.time();
  }
  return stocks;
}

}  // namespace sagactl::postgres

#include "server/adapters/postgres/tables/stock_table.hpp"

#include <fmt/format.h>

#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::postgres {
namespace {

const std::string stock_arrays =
    "unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], "
    "$8::bigint[], $9::smallint[], $10::integer[], $11::bigint[], $12::bigint[])";
const std::string select_stock = fmt::format("SELECT {} FROM stock ", sql::stock_columns);
const PostgresStatement sql_load_stock{"stock_load", select_stock +
                                                         "WHERE (kind, id) IN (SELECT * FROM unnest($1::smallint[], "
                                                         "$2::text[])) ORDER BY kind, id FOR UPDATE"};
const PostgresStatement sql_insert_stock{
    "stock_insert", fmt::format("INSERT INTO stock ({}) SELECT * FROM {}", sql::stock_columns, stock_arrays)};
const PostgresStatement sql_put_stock{
    "stock_put", sql_insert_stock.sql +
                     " ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, price = excluded.price, total = "
                     "excluded.total, available = excluded.available, reserved = excluded.reserved, sold = "
                     "excluded.sold, node = excluded.node, version = excluded.version, created = excluded.created, "
                     "updated = excluded.updated"};
const PostgresStatement sql_find_stock{"stock_by_key", select_stock + "WHERE kind = $1::bigint AND id = $2::text"};
const PostgresStatement sql_list_stock{
    "stock_list", select_stock + "WHERE kind = $1::bigint AND id > $2::text ORDER BY id LIMIT $3::bigint"};

void send(PostgresConnection& connection, const PostgresStatement& statement, sql::InternedNames& names,
          const std::vector<const Stock*>& stocks) {
  if (stocks.empty()) return;
  ParameterArray kinds(ParameterType::smallint), ids(ParameterType::text), labels(ParameterType::text),
      prices(ParameterType::bigint), totals(ParameterType::bigint), available(ParameterType::bigint),
      reserved(ParameterType::bigint), sold(ParameterType::bigint), nodes(ParameterType::smallint),
      versions(ParameterType::integer), created(ParameterType::bigint), updated(ParameterType::bigint);
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

const std::string sql_all_stocks = select_stock + "ORDER BY kind, id";

void send_stocks_load(PostgresConnection& connection, const std::vector<StockKey>& keys) {
  ParameterArray kinds(ParameterType::smallint), ids(ParameterType::text);
  for (const StockKey& key : keys) {
    kinds.add(static_cast<int>(key.kind));
    ids.add(std::string_view(key.id));
  }
  connection.send(sql_load_stock, Parameters().add(std::move(kinds)).add(std::move(ids)));
}

void send_new_stocks(PostgresConnection& connection, sql::InternedNames& names,
                     const std::vector<const Stock*>& stocks) {
  send(connection, sql_insert_stock, names, stocks);
}

void send_stocks(PostgresConnection& connection, sql::InternedNames& names, const std::vector<const Stock*>& stocks) {
  send(connection, sql_put_stock, names, stocks);
}

std::vector<Stock> read_stocks(PostgresRows rows, sql::InternedNames& names) {
  return sql::read_all(rows, [&](PostgresRows& row) { return sql::read_stock(row, names); });
}

std::optional<Stock> StockQueries::find(const StockKey& key) {
  Parameters parameters;
  parameters.add(std::int64_t{static_cast<int>(key.kind)}).add(std::string_view(key.id));
  PostgresRows rows = connection_.run(sql_find_stock, parameters);
  return sql::read_first(rows, [&](PostgresRows& row) { return sql::read_stock(row, names_); });
}

std::vector<Stock> StockQueries::list(StockKind kind, const std::string& after, std::size_t limit) {
  Parameters parameters;
  parameters.add(std::int64_t{static_cast<int>(kind)}).add(std::string_view(after)).add(sql::sql_limit(limit));
  return read_stocks(connection_.run(sql_list_stock, parameters), names_);
}

}  // namespace sagactl::postgres

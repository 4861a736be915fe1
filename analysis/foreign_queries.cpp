#include "analysis/foreign_queries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text.hpp"
#include "loadgen/product.hpp"

namespace sagactl {
namespace {

// A column with two names is there under one of them.
struct Column {
  const char* name;
  const char* or_name = nullptr;
};

struct Shape {
  const char* name;
  std::string ProfileQueries::*sql;
  std::vector<Column> columns;
};

const Shape& shape_of(ForeignTable table) {
  static const Shape shapes[] = {
      {"sql.orders", &ProfileQueries::orders, {{"order_id"}, {"created_at", "created_us"}}},
      {"sql.steps", &ProfileQueries::steps, {{"order_id"}, {"step"}, {"state"}, {"at", "at_us"}}},
      {"sql.stock", &ProfileQueries::stock, {{"product"}, {"initial"}, {"available"}}},
      {"sql.payments", &ProfileQueries::payments, {{"order_id"}, {"kind"}, {"amount"}}},
  };
  return shapes[static_cast<std::size_t>(table)];
}

}  // namespace

bool has_query(const Profile& profile, ForeignTable table) {
  return !(profile.queries.*shape_of(table).sql).empty();
}

std::string no_query(ForeignTable table) {
  return fmt::format("the profile has no query {}", shape_of(table).name);
}

ForeignQuery query_of(const Profile& profile, ForeignTable table, std::string_view run) {
  const Shape& shape = shape_of(table);
  std::string sql = profile.queries.*shape.sql;
  replace_all(sql, "{prefix}", product_prefix(run));
  replace_all(sql, "{run}", run);
  return {shape.name, std::move(sql)};
}

Result<std::vector<std::string>> columns_of(ForeignRows& rows, const Profile& profile, ForeignTable table) {
  const Shape& shape = shape_of(table);
  auto columns = rows.columns(query_of(profile, table, "none"));
  if (!columns) return columns.error();
  const auto has = [&](const char* name) {
    return name != nullptr && std::find(columns->begin(), columns->end(), name) != columns->end();
  };
  for (const Column& column : shape.columns)
    if (!has(column.name) && !has(column.or_name))
      return Error{ErrorCode::invalid,
                   fmt::format("the profile's query {} gives no column {}{}; it gives {}", shape.name, column.name,
                               column.or_name ? fmt::format(" or {}", column.or_name) : "", join(*columns, ", "))};
  return columns;
}

Result<void> check_queries(ForeignRows& rows, const Profile& profile) {
  for (const auto table : {ForeignTable::orders, ForeignTable::steps, ForeignTable::stock, ForeignTable::payments}) {
    if (!has_query(profile, table)) continue;
    if (auto columns = columns_of(rows, profile, table); !columns) return columns.error();
  }
  return {};
}

}  // namespace sagactl

#include "analysis/foreign/foreign_queries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "loadgen/orders/product.hpp"

namespace sagactl {
namespace {

// Present under either of its names.
struct RequiredColumn {
  const char* name;
  const char* alternative = nullptr;
};

struct QueryShape {
  const char* name;
  const char* mongo_name;
  ProfileQuery ProfileQueries::*query;
  std::vector<RequiredColumn> columns;
};

const QueryShape& shape_of(ForeignTable table) {
  static const QueryShape shapes[] = {
      {"sql.orders", "mongodb.orders", &ProfileQueries::orders, {{"order_id"}, {"created_at", "created_us"}}},
      {"sql.steps", "mongodb.steps", &ProfileQueries::steps, {{"order_id"}, {"step"}, {"state"}, {"at", "at_us"}}},
      {"sql.stock", "mongodb.stock", &ProfileQueries::stock, {{"product"}, {"initial"}, {"available"}}},
      {"sql.payments", "mongodb.payments", &ProfileQueries::payments, {{"order_id"}, {"kind"}, {"amount"}}},
  };
  return shapes[static_cast<std::size_t>(table)];
}

// With {prefix} and {run} in its texts as they are given.
ForeignQuery filled_in(const Profile& profile, ForeignTable table, std::string_view prefix, std::string_view run) {
  const ProfileQuery& query = profile.queries.*shape_of(table).query;
  ForeignQuery filled{query_name(profile, table), query.sql, query.mongo};
  for (std::string* text : {&filled.sql, &filled.mongo.filter, &filled.mongo.pipeline}) {
    replace_all(*text, "{prefix}", prefix);
    replace_all(*text, "{run}", run);
  }
  return filled;
}

constexpr std::size_t rows_looked_at = 20;

// Seconds or milliseconds in place of microseconds give a time soon after 1970.
constexpr Timestamp earliest_us{946'684'800'000'000};
// The year 2100; nanoseconds give a later one.
constexpr Timestamp latest_us{4'102'444'800'000'000};

bool is_time(const ForeignRow& row, std::string_view name) {
  const auto time = row.time(name);
  const bool is_number = row.integer(fmt::format("{}_us", name)).has_value();
  return time && (!is_number || (*time >= earliest_us && *time < latest_us));
}

bool has_value(const ForeignRow& row, const char* column, const char* alternative) {
  return !row.text(column).empty() || !row.text(alternative).empty();
}

Error no_time(const ForeignRow& row, std::string_view query, std::string_view name) {
  const std::string column = time_column(name), us = fmt::format("{}_us", name);
  const std::string& is_there = row.has(column) ? column : us;
  return {ErrorCode::invalid,
          fmt::format("the profile's query {} returns '{}' as {} of order {}: {} must be a time such as "
                      "2026-11-20T13:04:07.137042Z, {} microseconds since 1970",
                      query, row.text(is_there), is_there, row.text("order_id"), column, us)};
}

Error unusable(const ForeignRow& row, std::string_view query, std::string_view column, std::string_view wanted) {
  return {ErrorCode::invalid, fmt::format("the profile's query {} returns '{}' as {}: it must be {}", query,
                                          row.text(column), column, wanted)};
}

Error no_order_id(const ForeignRow& row, std::string_view query) {
  Error error = unusable(row, query, "order_id", "the order's id");
  error.message += "; let it leave out rows of no order";
  return error;
}

}  // namespace

std::string time_column(std::string_view name) {
  return name == "at" ? std::string(name) : fmt::format("{}_at", name);
}

std::string word_of(const ForeignRow& row, std::string_view column) {
  return lower(row.text(column));
}

std::optional<Error> fault_of_row(ForeignTable table, const ForeignRow& row, const char* query) {
  switch (table) {
    case ForeignTable::orders:
      if (row.text("order_id").empty()) return no_order_id(row, query);
      if (!is_time(row, "created")) return no_time(row, query, "created");
      if (has_value(row, "ended_at", "ended_us") && !is_time(row, "ended")) return no_time(row, query, "ended");
      if (has_value(row, "amount", "amount") && !parse_money(row.text("amount")))
        return unusable(row, query, "amount", "money such as 12.50");
      return std::nullopt;
    case ForeignTable::steps:
      if (row.text("order_id").empty()) return no_order_id(row, query);
      if (!is_time(row, "at")) return no_time(row, query, "at");
      if (const std::string state = word_of(row, "state"); state != "done" && state != "undone")
        return unusable(row, query, "state", "done or undone");
      return std::nullopt;
    case ForeignTable::stock:
      if (row.text("product").empty()) return unusable(row, query, "product", "the product's id");
      for (const char* column : {"initial", "available"})
        if (!row.integer(column)) return unusable(row, query, column, "a whole number");
      for (const char* column : {"reserved", "sold"})
        if (!row.text(column).empty() && !row.integer(column)) return unusable(row, query, column, "a whole number");
      return std::nullopt;
    case ForeignTable::payments:
      if (row.text("order_id").empty()) return no_order_id(row, query);
      if (const std::string kind = word_of(row, "kind"); kind != "capture" && kind != "refund")
        return unusable(row, query, "kind", "capture or refund");
      if (!parse_money(row.text("amount"))) return unusable(row, query, "amount", "money such as 12.50");
      return std::nullopt;
  }
  crash("unknown query");
}

Result<void> check_values(ForeignRows& rows, const Profile& profile, ForeignTable table) {
  if (!has_query(profile, table)) return {};
  std::size_t looked_at = 0, wrong = 0;
  std::optional<Error> first;
  // Database errors are reported with the verdicts: here they may be about rows of other runs.
  (void)rows.some_rows(filled_in(profile, table, "", ""), rows_looked_at, [&](const ForeignRow& row) -> Result<void> {
    ++looked_at;
    if (auto fault = fault_of_row(table, row, query_name(profile, table))) {
      ++wrong;
      if (!first) first = std::move(fault);
    }
    return {};
  });
  if (looked_at > 0 && wrong == looked_at) return *first;
  return {};
}

bool has_query(const Profile& profile, ForeignTable table) {
  return !(profile.queries.*shape_of(table).query).empty();
}

const char* query_name(const Profile& profile, ForeignTable table) {
  const QueryShape& shape = shape_of(table);
  // One that is missing would be written as the orders are.
  const ProfileQuery& like = has_query(profile, table) ? profile.queries.*shape.query : profile.queries.orders;
  return like.is_mongo() ? shape.mongo_name : shape.name;
}

std::string no_query(const Profile& profile, ForeignTable table) {
  return fmt::format("the profile has no query {}", query_name(profile, table));
}

ForeignQuery query_of(const Profile& profile, ForeignTable table, std::string_view run) {
  return filled_in(profile, table, product_prefix(run), run);
}

Result<std::vector<std::string>> columns_of(ForeignRows& rows, const Profile& profile, ForeignTable table) {
  const QueryShape& shape = shape_of(table);
  auto columns = rows.columns(query_of(profile, table, "none"));
  if (!columns) return columns.error();
  const auto has = [&](const char* name) {
    return name != nullptr && std::find(columns->begin(), columns->end(), name) != columns->end();
  };
  std::vector<std::string> missing;
  for (const RequiredColumn& column : shape.columns)
    if (!has(column.name) && !has(column.alternative))
      missing.push_back(column.alternative ? fmt::format("{} or {}", column.name, column.alternative) : column.name);
  if (missing.empty()) return columns;
  return Error{ErrorCode::invalid,
               fmt::format("the profile's query {} returns no column {}; it returns {}", query_name(profile, table),
                           join(missing, ", and no column "), join(*columns, ", "))};
}

Result<void> check_queries(ForeignRows& rows, const Profile& profile) {
  std::vector<std::string> faults;
  for (const auto table : {ForeignTable::orders, ForeignTable::steps, ForeignTable::stock, ForeignTable::payments}) {
    if (!has_query(profile, table)) continue;
    const auto columns = columns_of(rows, profile, table);
    const Result<void> checked = columns ? check_values(rows, profile, table) : columns.error();
    if (!checked) faults.push_back(checked.error().message);
  }
  if (faults.empty()) return {};
  return Error{ErrorCode::invalid, join(faults, "\n")};
}

}  // namespace sagactl

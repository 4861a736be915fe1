// The table of records.
#include <fmt/format.h>

#include "server/adapters/sql/table_rows.hpp"
#include "server/adapters/sqlite/sqlite_database.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_changes = "SELECT changes()";

}  // namespace

Result<bool> SqliteDatabase::add_record(const std::string& kind, const std::string& id, const std::string& body) {
  if (const auto fits = check_record(body); !fits) return fits.error();
  return write([&](SqliteTables& tables, Timestamp now) {
    tables.connection
        .prepare(
            "INSERT INTO record (kind, id, version, created, updated, body) VALUES (?, ?, 1, ?, ?, ?) "
            "ON CONFLICT DO NOTHING")
        .bind(kind)
        .bind(id)
        .bind(now)
        .bind(now)
        .bind(body)
        .run();
    return tables.connection.number(sql_changes) > 0;
  });
}

Result<bool> SqliteDatabase::replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                                            const std::string& body) {
  if (const auto fits = check_record(body); !fits) return fits.error();
  return write([&](SqliteTables& tables, Timestamp now) {
    tables.connection
        .prepare(
            "UPDATE record SET version = version + 1, updated = ?, body = ? WHERE kind = ? AND id = ? AND "
            "version = ?")
        .bind(now)
        .bind(body)
        .bind(kind)
        .bind(id)
        .bind(version)
        .run();
    return tables.connection.number(sql_changes) > 0;
  });
}

Result<bool> SqliteDatabase::remove_record(const std::string& kind, const std::string& id) {
  return write([&](SqliteTables& tables, Timestamp) {
    tables.connection.prepare("DELETE FROM record WHERE kind = ? AND id = ?").bind(kind).bind(id).run();
    return tables.connection.number(sql_changes) > 0;
  });
}

Result<std::size_t> SqliteDatabase::forget_records(const std::string& kind, const std::string& before,
                                                   std::size_t limit) {
  return write([&](SqliteTables& tables, Timestamp) {
    tables.connection
        .prepare(
            "DELETE FROM record WHERE kind = ? AND id IN (SELECT id FROM record WHERE kind = ? AND id < ? "
            "ORDER BY id LIMIT ?)")
        .bind(kind)
        .bind(kind)
        .bind(before)
        .bind(static_cast<std::int64_t>(limit))
        .run();
    return static_cast<std::size_t>(tables.connection.number(sql_changes));
  });
}

Result<std::optional<StoredRecord>> SqliteDatabase::record(const std::string& kind, const std::string& id) {
  return read([&](SqliteTables& tables) -> std::optional<StoredRecord> {
    SqliteStatement row =
        tables.connection.prepare("SELECT id, version, created, updated, body FROM record WHERE kind = ? AND id = ?");
    row.bind(kind).bind(id);
    if (!row.next()) return std::nullopt;
    return sql::read_record(row, kind);
  });
}

Result<std::vector<StoredRecord>> SqliteDatabase::records(const std::string& kind, const RecordRange& range) {
  return read([&](SqliteTables& tables) {
    SqliteStatement row = tables.connection.prepare(fmt::format(
        "SELECT id, version, created, updated, body FROM record WHERE kind = ? AND id >= ?{} ORDER BY id {} "
        "LIMIT ?",
        range.to.empty() ? "" : " AND id < ?", range.last_first ? "DESC" : "ASC"));
    row.bind(kind).bind(range.from);
    if (!range.to.empty()) row.bind(range.to);
    row.bind(static_cast<std::int64_t>(range.limit));
    std::vector<StoredRecord> found;
    while (row.next()) found.push_back(sql::read_record(row, kind));
    return found;
  });
}

}  // namespace sagactl::sqlite

// The table of records.
#include <fmt/format.h>

#include "server/adapters/postgres/postgres_database.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_add_record{
    "record_add",
    "INSERT INTO record (kind, id, version, created, updated, body) SELECT $1, $2, 1, t, t, $3 FROM "
    "(SELECT database_now() AS t) AS time ON CONFLICT (kind, id) DO NOTHING"};
const PostgresStatement sql_replace_record{
    "record_replace",
    "UPDATE record SET version = version + 1, updated = database_now(), body = $4 WHERE kind = $1 AND id = $2 AND "
    "version = $3::bigint"};
const PostgresStatement sql_remove_record{"record_remove", "DELETE FROM record WHERE kind = $1 AND id = $2"};
const PostgresStatement sql_forget_records{
    "record_forget",
    "DELETE FROM record WHERE kind = $1 AND id IN (SELECT id FROM record WHERE kind = $1 AND id < $2 ORDER BY id "
    "LIMIT $3::bigint FOR UPDATE SKIP LOCKED)"};
const PostgresStatement sql_record{
    "record_find", "SELECT id, version, created, updated, body FROM record WHERE kind = $1 AND id = $2"};

PostgresStatement list_statement(bool last_first) {
  return {last_first ? "record_list_last" : "record_list",
          fmt::format("SELECT id, version, created, updated, body FROM record WHERE kind = $1 AND id >= $2 AND "
                      "($3 = '' OR id < $3) ORDER BY id {} LIMIT $4::bigint",
                      last_first ? "DESC" : "ASC")};
}
const PostgresStatement sql_records = list_statement(false), sql_last_records = list_statement(true);

Parameters texts(std::initializer_list<std::string_view> all) {
  Parameters parameters;
  for (const std::string_view text : all) parameters.add(text);
  return parameters;
}

// Whether a record is as that writer writes it.
bool is_written(PostgresReader& reader, const std::string& kind, const std::string& id, std::int64_t version,
                const std::string& body) {
  PostgresRows row = reader.connection.run(sql_record, texts({kind, id}));
  if (!row.next()) return false;
  const StoredRecord stored = sql::read_record(row, kind);
  return stored.version == version && stored.body == body;
}

}  // namespace

// A try whose answer was lost may have written the record.
Result<bool> PostgresDatabase::add_record(const std::string& kind, const std::string& id, const std::string& body) {
  if (const auto fits = check_record(body); !fits) return fits.error();
  int tries = 0;
  return read([&](PostgresReader& reader) {
    ++tries;
    if (reader.connection.run(sql_add_record, texts({kind, id, body})).changed() > 0) return true;
    return tries > 1 && is_written(reader, kind, id, 1, body);
  });
}

Result<bool> PostgresDatabase::replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                                              const std::string& body) {
  if (const auto fits = check_record(body); !fits) return fits.error();
  int tries = 0;
  return read([&](PostgresReader& reader) {
    ++tries;
    Parameters parameters = texts({kind, id});
    parameters.add(version).add(std::string_view(body));
    if (reader.connection.run(sql_replace_record, parameters).changed() > 0) return true;
    return tries > 1 && is_written(reader, kind, id, version + 1, body);
  });
}

Result<bool> PostgresDatabase::remove_record(const std::string& kind, const std::string& id) {
  return read([&](PostgresReader& reader) {
    return reader.connection.run(sql_remove_record, texts({kind, id})).changed() > 0;
  });
}

Result<std::size_t> PostgresDatabase::forget_records(const std::string& kind, const std::string& before,
                                                     std::size_t limit) {
  return read([&](PostgresReader& reader) {
    Parameters parameters = texts({kind, before});
    parameters.add(static_cast<std::int64_t>(limit));
    return static_cast<std::size_t>(reader.connection.run(sql_forget_records, parameters).changed());
  });
}

Result<std::optional<StoredRecord>> PostgresDatabase::record(const std::string& kind, const std::string& id) {
  return read([&](PostgresReader& reader) -> std::optional<StoredRecord> {
    PostgresRows row = reader.connection.run(sql_record, texts({kind, id}));
    if (!row.next()) return std::nullopt;
    return sql::read_record(row, kind);
  });
}

Result<std::vector<StoredRecord>> PostgresDatabase::records(const std::string& kind, const RecordRange& range) {
  return read([&](PostgresReader& reader) {
    Parameters parameters = texts({kind, range.from, range.to});
    parameters.add(static_cast<std::int64_t>(range.limit));
    PostgresRows row = reader.connection.run(range.last_first ? sql_last_records : sql_records, parameters);
    std::vector<StoredRecord> found;
    while (row.next()) found.push_back(sql::read_record(row, kind));
    return found;
  });
}

}  // namespace sagactl::postgres

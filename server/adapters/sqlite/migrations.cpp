#include "server/adapters/sqlite/migrations.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "embedded/sqlite_schema.hpp"
#include "server/adapters/sql/database_failure.hpp"
#include "server/adapters/sql/spellings.hpp"
#include "server/adapters/sqlite/file/file_lock.hpp"
#include "server/adapters/sqlite/tables/sqlite_names.hpp"

namespace sagactl {
namespace sqlite {
namespace {

constexpr std::string_view sql_has_any_table = "SELECT count(*) FROM sqlite_schema";
constexpr std::string_view sql_has_list = "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'";
constexpr std::string_view sql_create_list =
    "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, "
    "applied_at INTEGER NOT NULL)";
constexpr std::string_view sql_list = "SELECT number, checksum, applied_at FROM schema_migration";
constexpr std::string_view sql_record =
    "INSERT INTO schema_migration VALUES (?, ?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)";
constexpr std::string_view sql_add_spelling = "INSERT OR IGNORE INTO spelling (kind, no, name) VALUES (?, ?, ?)";
constexpr std::string_view sql_add_step =
    "INSERT OR IGNORE INTO step (definition, position, name, compensated_as, listed) VALUES (?, ?, ?, ?, ?)";

std::map<int, sql::AppliedMigration> read_applied(SqliteConnection& connection) {
  std::map<int, sql::AppliedMigration> applied;
  if (connection.number(sql_has_list) == 0) {
    if (connection.number(sql_has_any_table) != 0)
      sql::fail_as_invalid(fmt::format("{} is a database of another program; name another file", connection.path()));
    return applied;
  }
  SqliteStatement row = connection.prepare(sql_list);
  while (row.next()) {
    const int number = static_cast<int>(row.integer());
    sql::AppliedMigration& entry = applied[number];
    entry.checksum = row.text();
    entry.at = row.time();
  }
  return applied;
}

}  // namespace

std::vector<SchemaMigration> migrations_of(SqliteConnection& connection) {
  return sql::compare_migrations(embedded::sqlite_schema(), read_applied(connection), connection.path());
}

std::vector<SchemaMigration> migrate(SqliteConnection& connection) {
  std::vector<SchemaMigration> done;
  std::vector<SchemaMigration> all = migrations_of(connection);
  connection.begin_writing();  // not before it is known to be a database of this program
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].applied) continue;
    const EmbeddedFile& file = embedded::sqlite_schema()[i];
    const std::string checksum = sql::checksum_of(file);
    SqliteTransaction transaction(connection, SqliteTransaction::Kind::write);
    if (connection.number(sql_has_list) == 0) connection.run(sql_create_list);
    connection.run(file.text);
    SqliteStatement record = connection.prepare(sql_record);
    record.bind(all[i].number).bind(all[i].name).bind(checksum).run();
    transaction.commit();
    all[i].applied = true;
    done.push_back(all[i]);
  }
  return done;
}

void check_schema(SqliteConnection& connection) {
  sql::require_all_applied(migrations_of(connection), connection.path());
}

void write_spellings(SqliteConnection& connection) {
  SqliteTransaction transaction(connection, SqliteTransaction::Kind::write);
  SqliteStatement spelling = connection.prepare(sql_add_spelling);
  sql::each_spelling([&](std::string_view kind, std::int64_t number, std::string_view name) {
    spelling.bind(kind).bind(number).bind(name).run();
  });
  SqliteNames names(connection);
  SqliteStatement insert = connection.prepare(sql_add_step);
  sql::each_step(names, [&](std::int64_t definition, std::int64_t position, const StepDefinition& step) {
    insert.bind(definition).bind(position).bind(step.name).bind(step.compensated_as).bind(step.listed).run();
  });
  transaction.commit();
}

}  // namespace sqlite

Result<std::vector<SchemaMigration>> sqlite_migrations(const std::string& path) {
  using namespace sqlite;
  return sql::guarded([&]() -> Result<std::vector<SchemaMigration>> {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      return Error{ErrorCode::not_found, fmt::format("there is no file {}", path)};
    SqliteConnection connection(path, {.access = FileAccess::read});
    return migrations_of(connection);
  });
}

Result<std::vector<SchemaMigration>> migrate_sqlite(const std::string& path) {
  using namespace sqlite;
  return sql::guarded([&]() -> Result<std::vector<SchemaMigration>> {
    const auto lock = FileLock::acquire(path);
    if (!lock) return lock.error();
    SqliteConnection connection(path, {.access = FileAccess::create});
    return migrate(connection);
  });
}

}  // namespace sagactl

#include "server/adapters/sqlite/migrations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "common/crypto.hpp"
#include "embedded/sqlite_schema.hpp"
#include "server/adapters/sqlite/failure.hpp"
#include "server/adapters/sqlite/file_lock.hpp"

namespace sagactl {
namespace sqlite {
namespace {

constexpr std::string_view sql_has_any_table = "SELECT count(*) FROM sqlite_schema";
constexpr std::string_view sql_has_list =
    "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'";
constexpr std::string_view sql_create_list =
    "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, "
    "applied_at INTEGER NOT NULL)";
constexpr std::string_view sql_list = "SELECT number, checksum, applied_at FROM schema_migration";
constexpr std::string_view sql_record =
    "INSERT INTO schema_migration VALUES (?, ?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000000)";

struct Applied {
  std::string checksum;
  Timestamp at;
};

int number_of(const EmbeddedFile& file) {
  int number = 0;
  std::from_chars(file.name.data(), file.name.data() + file.name.size(), number);
  return number;
}

std::map<int, Applied> read_applied(Connection& connection) {
  std::map<int, Applied> applied;
  if (connection.number(sql_has_list) == 0) {
    if (connection.number(sql_has_any_table) != 0)
      throw Failure{
          Error{ErrorCode::invalid,
                fmt::format("{} is a database of another program; name another file", connection.path())}};
    return applied;
  }
  Statement row = connection.prepare(sql_list);
  while (row.next()) {
    const int number = static_cast<int>(row.integer());
    Applied& entry = applied[number];
    entry.checksum = row.text();
    entry.at = row.time();
  }
  return applied;
}

// All that this program knows; fails when the file has something else.
std::vector<SqliteMigration> compare(const std::map<int, Applied>& applied, const std::string& path) {
  std::vector<SqliteMigration> list;
  for (const EmbeddedFile& file : embedded::sqlite_schema()) {
    SqliteMigration& migration = list.emplace_back();
    migration.number = number_of(file);
    migration.name = file.name;
    const auto entry = applied.find(migration.number);
    if (entry == applied.end()) continue;
    if (entry->second.checksum != hex(sha256(file.text)))
      throw Failure{Error{
          ErrorCode::invalid,
          fmt::format(
              "{} was made with another text of migration {}: use the sagactl that made it, or another file",
              path, file.name)}};
    migration.applied = true;
    migration.applied_at = entry->second.at;
  }
  const int newest = applied.empty() ? 0 : applied.rbegin()->first;
  if (newest > list.back().number)
    throw Failure{Error{
        ErrorCode::invalid,
        fmt::format(
            "{} has schema {}, and this sagactl knows schemas up to {}: use the newer sagactl that made it",
            path, newest, list.back().number)}};
  return list;
}

}  // namespace

std::vector<SqliteMigration> migrations_of(Connection& connection) {
  return compare(read_applied(connection), connection.path());
}

std::vector<SqliteMigration> migrate(Connection& connection) {
  std::vector<SqliteMigration> done;
  std::vector<SqliteMigration> all = migrations_of(connection);
  connection.begin_writing();  // now that it is known to be ours
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].applied) continue;
    const EmbeddedFile& file = embedded::sqlite_schema()[i];
    const std::string checksum = hex(sha256(file.text));
    Transaction transaction(connection, Transaction::Kind::write);
    if (connection.number(sql_has_list) == 0) connection.run(sql_create_list);
    connection.run(file.text);
    Statement record = connection.prepare(sql_record);
    record.bind(all[i].number).bind(all[i].name).bind(checksum).run();
    transaction.commit();
    all[i].applied = true;
    done.push_back(all[i]);
  }
  return done;
}

void check_schema(Connection& connection) {
  for (const SqliteMigration& migration : migrations_of(connection))
    if (!migration.applied)
      throw Failure{Error{
          ErrorCode::invalid,
          fmt::format("{} has an older schema, without {}: run `sagactl migrate`, or start its server once",
                      connection.path(), migration.name)}};
}

}  // namespace sqlite

Result<std::vector<SqliteMigration>> sqlite_migrations(const std::string& path) {
  using namespace sqlite;
  return guarded([&]() -> Result<std::vector<SqliteMigration>> {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      return Error{ErrorCode::not_found, fmt::format("there is no file {}", path)};
    Connection connection(path, {.access = Access::read});
    return migrations_of(connection);
  });
}

Result<std::vector<SqliteMigration>> migrate_sqlite(const std::string& path) {
  using namespace sqlite;
  return guarded([&]() -> Result<std::vector<SqliteMigration>> {
    const auto lock = FileLock::take(path);
    if (!lock) return lock.error();
    Connection connection(path, {.access = Access::create});
    return migrate(connection);
  });
}

}  // namespace sagactl

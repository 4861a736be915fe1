#include "server/adapters/sql/schema_migration.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/crypto.hpp"
#include "server/adapters/sql/database_failure.hpp"

namespace sagactl::sql {

std::string checksum_of(const EmbeddedFile& migration) {
  return hex(sha256(migration.text));
}

std::vector<SchemaMigration> compare_migrations(const std::vector<EmbeddedFile>& files,
                                                const std::map<int, AppliedMigration>& applied,
                                                const std::string& database) {
  std::vector<SchemaMigration> list;
  for (const EmbeddedFile& file : files) {
    SchemaMigration& migration = list.emplace_back();
    std::from_chars(file.name.data(), file.name.data() + file.name.size(), migration.number);
    migration.name = file.name;
    const auto record = applied.find(migration.number);
    if (record == applied.end()) continue;
    if (record->second.checksum != checksum_of(file))
      fail_as_invalid(
          fmt::format("{} was created with a different text of migration {}: use the sagactl that created it, "
                      "or another database",
                      database, file.name));
    migration.applied = true;
    migration.applied_at = record->second.at;
  }
  const int newest = applied.empty() ? 0 : applied.rbegin()->first;
  if (newest > list.back().number)
    fail_as_invalid(fmt::format("{} has schema {}, and this sagactl knows schemas up to {}: use the newer sagactl",
                                database, newest, list.back().number));
  return list;
}

void require_all_applied(const std::vector<SchemaMigration>& migrations, const std::string& database) {
  for (const SchemaMigration& migration : migrations)
    if (!migration.applied)
      fail_as_invalid(fmt::format("{} has an older schema, without {}: run `sagactl migrate`, or start a node once",
                                  database, migration.name));
}

}  // namespace sagactl::sql

// The migrations of a database schema: numbered, forward only, each applied once. A database records the checksum of
// each text, so the text of a released migration never changes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/embedded_file.hpp"
#include "common/time.hpp"

namespace sagactl {

struct SchemaMigration {
  int number = 0;
  std::string name;  // "0001_tables.sql"
  bool applied = false;
  Timestamp applied_at = {};
};

namespace sql {

// A row of the table `schema_migration`.
struct AppliedMigration {
  std::string checksum;
  Timestamp at;
};

std::string checksum_of(const EmbeddedFile& migration);

// All migrations in `files`, with those that `applied` (by number) records. `database` names the database in messages.
// Throws `invalid` when a checksum differs, or when the database has a newer schema than this program knows.
std::vector<SchemaMigration> compare_migrations(const std::vector<EmbeddedFile>& files,
                                                const std::map<int, AppliedMigration>& applied,
                                                const std::string& database);

// For readers: throws `invalid` when a migration is missing.
void require_all_applied(const std::vector<SchemaMigration>& migrations, const std::string& database);

}  // namespace sql
}  // namespace sagactl

// The migrations of an SQLite database, for `sagactl migrate` and `sagactl doctor`.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/sql/schema_migration.hpp"

namespace sagactl {

// All migrations of this program, in order, with those that the file has. `not_found`: there is no such file.
Result<std::vector<SchemaMigration>> sqlite_migrations(const std::string& path);

// Applies the missing migrations to the file, which is created if it does not exist, and returns those. `conflict`: a
// node serves the file; it has migrated it at its start.
Result<std::vector<SchemaMigration>> migrate_sqlite(const std::string& path);

}  // namespace sagactl

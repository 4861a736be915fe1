// The migrations of a PostgreSQL database, for `sagactl migrate` and `sagactl doctor`.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/sql/schema_migration.hpp"

namespace sagactl {

// All migrations of this program, in order, with those that the database has.
Result<std::vector<SchemaMigration>> postgres_migrations(const std::string& url);

// Applies the missing migrations, also while nodes run and while other processes do the same, and returns those.
// Creates the database if it does not exist and the role may.
Result<std::vector<SchemaMigration>> migrate_postgres(const std::string& url);

}  // namespace sagactl

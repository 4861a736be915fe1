// The schema of a database file: numbered steps, forward only, each applied once.
#pragma once

#include "server/adapters/sqlite/connection.hpp"
#include "server/adapters/sqlite/sqlite_migrations.hpp"

namespace sagactl::sqlite {

// Applies what is missing, each migration in a transaction of its own, and returns those. Fails as `invalid`
// when the file has a newer schema than this program knows, was migrated differently, or is another
// program's.
std::vector<SqliteMigration> migrate(Connection& connection);

std::vector<SqliteMigration> migrations_of(Connection& connection);

// For readers: fails unless the schema is the newest.
void check_schema(Connection& connection);

}  // namespace sagactl::sqlite

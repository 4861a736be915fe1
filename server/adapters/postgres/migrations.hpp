// The schema of a PostgreSQL database.
#pragma once

#include <vector>

#include "server/adapters/postgres/connection/address.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"

namespace sagactl::postgres {

// Applies the missing migrations and returns those. `invalid` when the database has a newer schema than this program
// knows, was migrated with different texts, or holds another program's tables.
Result<std::vector<SchemaMigration>> migrate(const PostgresAddress& address);

Result<std::vector<SchemaMigration>> migrations_of(const PostgresAddress& address);

// For readers: fails as `invalid` unless the schema is the newest.
Result<void> check_schema(const PostgresAddress& address);

}  // namespace sagactl::postgres

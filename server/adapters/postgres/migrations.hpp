// The schema of a database: numbered steps, forward only, each applied once.
#pragma once

#include <vector>

#include "server/adapters/postgres/address.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"

namespace sagactl::postgres {

// Applies what is missing and returns that. `invalid` when the database has a newer schema than this program knows,
// was migrated differently, or holds another program's tables.
Result<std::vector<PostgresMigration>> migrate(const Address& address);

Result<std::vector<PostgresMigration>> migrations_of(const Address& address);

// For readers: fails unless the schema is the newest.
Result<void> check_schema(const Address& address);

}  // namespace sagactl::postgres

// The schema of a database file.
#pragma once

#include "server/adapters/sqlite/file/sqlite_connection.hpp"
#include "server/adapters/sqlite/sqlite_migrations.hpp"

namespace sagactl::sqlite {

// Applies the missing migrations, each in a transaction of its own, and returns those. Throws `invalid` when the file
// has a newer schema than this program knows, was migrated with different texts, or is another program's.
std::vector<SchemaMigration> migrate(SqliteConnection& connection);

std::vector<SchemaMigration> migrations_of(SqliteConnection& connection);

// For readers: throws `invalid` unless the schema is the newest.
void check_schema(SqliteConnection& connection);

// Adds the missing rows of the tables that say what numbers mean, see sql::each_spelling.
void write_spellings(SqliteConnection& connection);

}  // namespace sagactl::sqlite

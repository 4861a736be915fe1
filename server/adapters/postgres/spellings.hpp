// What numbers in the tables mean, for people's SQL and for the views: the spellings of the enums and the steps of
// the saga definitions, as this program has them.
#pragma once

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"

namespace sagactl::postgres {

// Writes what is missing.
void write_spellings(PostgresConnection& connection);

}  // namespace sagactl::postgres

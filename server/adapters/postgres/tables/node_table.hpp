// The table of nodes.
#pragma once

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"

namespace sagactl::postgres {

// Rows for sql::read_node; a number; a time.
extern const PostgresStatement sql_nodes, sql_unpublished, sql_database_now;

}  // namespace sagactl::postgres

// The table of nodes.
#pragma once

#include <vector>

#include "server/adapters/postgres/connection.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::postgres {

extern const Statement sql_nodes, sql_unpublished, sql_database_now;

std::vector<NodeInfo> read_nodes(Rows rows);

}  // namespace sagactl::postgres

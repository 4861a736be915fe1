// The table of counters, see count_changes.hpp. Each node counts in rows of its own.
#pragma once

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/count_changes.hpp"

namespace sagactl::postgres {

extern const PostgresStatement sql_read_counters;
extern const PostgresStatement sql_fold_counters;  // moves what people have deleted from `uncounted` to the counters

void send_counts(PostgresConnection& connection, std::int64_t node, const sql::CountChanges& changes);

Counts read_counts(PostgresRows rows, sql::InternedNames& names);  // without `unpublished_events`

}  // namespace sagactl::postgres

// The table of counters, see count_changes.hpp. Each node counts in rows of its own.
#pragma once

#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/count_changes.hpp"

namespace sagactl::postgres {

extern const PostgresStatement sql_read_counters;
extern const PostgresStatement sql_fold_counters;  // moves what people have deleted from `uncounted` to the counters

void send_counts(PostgresConnection& connection, std::int64_t node, const sql::CountChanges& changes);

// What a node has counted since it last changed its rows: its column `counts`.
void add_pending_counts(const std::vector<std::int64_t>& numbers, sql::CountChanges& changes);
ParameterArray pending_counts(const sql::CountChanges& changes);

Counts read_counts(PostgresRows rows, sql::InternedNames& names);  // without `unpublished_events`

}  // namespace sagactl::postgres

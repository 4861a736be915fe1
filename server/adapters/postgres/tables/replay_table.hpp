// The table of answers to requests with an idempotency key.
#pragma once

#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

extern const PostgresStatement sql_forget_replays;  // older than $1 by the database's clock, at most $2

void send_replays_load(PostgresConnection& connection, const std::vector<ReplayKey>& keys);
// A new one fails as a unique violation when another node was faster.
void send_new_replay(PostgresConnection& connection, const Replay& replay);
void send_replay(PostgresConnection& connection, const Replay& replay);  // insert or replace

std::vector<Replay> read_replays(PostgresRows rows);

}  // namespace sagactl::postgres

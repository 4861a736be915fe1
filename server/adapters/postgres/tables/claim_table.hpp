// The table of claims: which order has an idempotency key. Its primary key makes duplicates impossible.
#pragma once

#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

extern const std::string sql_select_claims;  // rows for read_claim, of the table with the alias c

// Locks those that exist, in the order of their keys: a row for each.
void send_claims_lock(PostgresConnection& connection, const std::vector<KeyDigest>& keys);
// The claims, once they are locked. A statement of its own: one that waits for a lock sees the locked row as it is
// then, but joined rows as they were before it waited, and would take an order that another node has placed meanwhile
// for one that was deleted.
void send_claims_load(PostgresConnection& connection, const std::vector<KeyDigest>& keys);
// In the order of their keys, so that writers of the same keys do not deadlock. New claims
// fail as a unique violation when another node was faster.
void send_new_claims(PostgresConnection& connection, const std::vector<const Claim*>& claims);
void send_claims(PostgresConnection& connection, const std::vector<const Claim*>& claims);  // insert or replace

template <class Row>
Claim read_claim(Row& row) {
  Claim claim;
  claim.key = row.uuid().bytes;
  claim.order = {row.uuid()};
  claim.live = row.integer() != 0;
  return claim;
}
std::vector<Claim> read_claims(PostgresRows rows);

}  // namespace sagactl::postgres

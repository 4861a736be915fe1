// The table of claims: which order has an idempotency key. Its primary key makes duplicates impossible.
#pragma once

#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

extern const std::string sql_select_claims;  // rows for read_claim, of the table with the alias c

// Locks those that exist, in the order of their keys. Gives two results, of which the second has the claims.
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

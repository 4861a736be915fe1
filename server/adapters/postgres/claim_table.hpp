// The table of claims: which order has an idempotency key. Its primary key is what makes duplicates impossible.
#pragma once

#include <vector>

#include "server/adapters/postgres/connection.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

extern const Statement sql_next_claims;  // after the key $1, at most $2, by key

// Locks those that are there, in the order of their keys. Gives two results, of which the second has the claims.
void send_claims_load(Connection& connection, const std::vector<KeyDigest>& keys);
// In the order of their keys, so that writers of the same keys do not wait for each other in a circle. New claims
// fail as a unique violation when another node was faster.
void send_new_claims(Connection& connection, const std::vector<const Claim*>& claims);
void send_claims(Connection& connection, const std::vector<const Claim*>& claims);  // insert or replace

std::vector<Claim> read_claims(Rows rows);

}  // namespace sagactl::postgres

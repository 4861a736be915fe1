#include "server/adapters/postgres/claim_table.hpp"

#include <algorithm>

namespace sagactl::postgres {
namespace {

// An order that is gone holds no key.
const std::string claim_columns = "c.key, c.flow, c.live AND f.order_status IS NOT NULL";

// Two statements: one that waits for a lock sees the row as it is then, but what it joins as that was before it waited,
// and would take an order that another node has placed meanwhile for one that is gone.
const Statement sql_lock_claim{"claim_lock", "SELECT FROM claim WHERE key = ANY ($1::uuid[]) ORDER BY key FOR UPDATE"};
const Statement sql_load_claim{"claim_load", "SELECT " + claim_columns +
                                                 " FROM claim AS c LEFT JOIN flow AS f ON f.id = c.flow WHERE c.key = "
                                                 "ANY ($1::uuid[]) ORDER BY c.key"};
const Statement sql_insert_claim{
    "claim_insert",
    "INSERT INTO claim (key, flow, live) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::boolean[])"};
const Statement sql_put_claim{
    "claim_put", sql_insert_claim.sql + " ON CONFLICT (key) DO UPDATE SET flow = excluded.flow, live = excluded.live"};

void send(Connection& connection, const Statement& statement, std::vector<const Claim*> claims) {
  std::stable_sort(claims.begin(), claims.end(), [](const Claim* a, const Claim* b) { return a->key < b->key; });
  Array keys(Type::uuid), flows(Type::uuid), lives(Type::boolean);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (i + 1 < claims.size() && claims[i + 1]->key == claims[i]->key) continue;  // the last word counts
    keys.add_bytes(claims[i]->key.data());
    flows.add(claims[i]->order.uuid);
    lives.add(std::int64_t{claims[i]->live});
  }
  connection.send(statement, Parameters().add(std::move(keys)).add(std::move(flows)).add(std::move(lives)));
}

}  // namespace

const Statement sql_next_claims{
    "claim_next", "SELECT " + claim_columns +
                      " FROM claim AS c LEFT JOIN flow AS f ON f.id = c.flow WHERE c.key > $1::uuid ORDER BY "
                      "c.key LIMIT $2::bigint"};

void send_claims_load(Connection& connection, const std::vector<KeyDigest>& keys) {
  for (const Statement* statement : {&sql_lock_claim, &sql_load_claim}) {
    Array array(Type::uuid);
    for (const KeyDigest& key : keys) array.add_bytes(key.data());
    connection.send(*statement, Parameters().add(std::move(array)));
  }
}

void send_new_claims(Connection& connection, const std::vector<const Claim*>& claims) {
  if (!claims.empty()) send(connection, sql_insert_claim, claims);
}

void send_claims(Connection& connection, const std::vector<const Claim*>& claims) {
  if (!claims.empty()) send(connection, sql_put_claim, claims);
}

std::vector<Claim> read_claims(Rows rows) {
  std::vector<Claim> claims;
  while (rows.next()) {
    Claim& claim = claims.emplace_back();
    claim.key = rows.uuid().bytes;
    claim.order = {rows.uuid()};
    claim.live = rows.integer() != 0;
  }
  return claims;
}

}  // namespace sagactl::postgres

#include "server/adapters/postgres/tables/claim_table.hpp"

#include <algorithm>

#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::postgres {
namespace {

// An order or a user's saga that has been deleted holds no key.
const std::string claim_columns = "c.key, c.flow, c.live AND (f.order_status IS NOT NULL OR f.input IS NOT NULL)";

const PostgresStatement sql_lock_claim{"claim_lock",
                                       "SELECT FROM claim WHERE key = ANY ($1::uuid[]) ORDER BY key FOR UPDATE"};
const PostgresStatement sql_load_claim{"claim_load",
                                       "SELECT " + claim_columns +
                                           " FROM claim AS c LEFT JOIN flow AS f ON f.id = c.flow WHERE c.key = "
                                           "ANY ($1::uuid[]) ORDER BY c.key"};
const PostgresStatement sql_insert_claim{
    "claim_insert", "INSERT INTO claim (key, flow, live) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::boolean[])"};
const PostgresStatement sql_put_claim{
    "claim_put", sql_insert_claim.sql + " ON CONFLICT (key) DO UPDATE SET flow = excluded.flow, live = excluded.live"};

void send(PostgresConnection& connection, const PostgresStatement& statement, std::vector<const Claim*> claims) {
  std::stable_sort(claims.begin(), claims.end(), [](const Claim* a, const Claim* b) { return a->key < b->key; });
  ParameterArray keys(ParameterType::uuid), flows(ParameterType::uuid), lives(ParameterType::boolean);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (i + 1 < claims.size() && claims[i + 1]->key == claims[i]->key) continue;  // the last one counts
    keys.add_bytes(claims[i]->key.data());
    flows.add(claims[i]->order.uuid);
    lives.add(std::int64_t{claims[i]->live});
  }
  connection.send(statement, Parameters().add(std::move(keys)).add(std::move(flows)).add(std::move(lives)));
}

void send_keys(PostgresConnection& connection, const PostgresStatement& statement, const std::vector<KeyDigest>& keys) {
  ParameterArray array(ParameterType::uuid);
  for (const KeyDigest& key : keys) array.add_bytes(key.data());
  connection.send(statement, Parameters().add(std::move(array)));
}

}  // namespace

const std::string sql_select_claims =
    "SELECT " + claim_columns + " FROM claim AS c LEFT JOIN flow AS f ON f.id = c.flow ";

void send_claims_lock(PostgresConnection& connection, const std::vector<KeyDigest>& keys) {
  send_keys(connection, sql_lock_claim, keys);
}

void send_claims_load(PostgresConnection& connection, const std::vector<KeyDigest>& keys) {
  send_keys(connection, sql_load_claim, keys);
}

void send_new_claims(PostgresConnection& connection, const std::vector<const Claim*>& claims) {
  if (!claims.empty()) send(connection, sql_insert_claim, claims);
}

void send_claims(PostgresConnection& connection, const std::vector<const Claim*>& claims) {
  if (!claims.empty()) send(connection, sql_put_claim, claims);
}

std::vector<Claim> read_claims(PostgresRows rows) {
  return sql::read_all(rows, read_claim<PostgresRows>);
}

}  // namespace sagactl::postgres

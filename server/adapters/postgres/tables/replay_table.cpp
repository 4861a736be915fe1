#include "server/adapters/postgres/tables/replay_table.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_load_replay{
    "replay_load",
    "SELECT r.user_id, r.key, r.request_digest, r.status, r.body, r.created FROM replay AS r WHERE "
    "(r.user_id, r.key) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY r.user_id, r.key FOR UPDATE"};
const PostgresStatement sql_insert_replay{
    "replay_insert",
    "INSERT INTO replay (user_id, key, request_digest, status, body, created) VALUES "
    "($1::uuid, $2, $3, $4::bigint, $5, $6::bigint)"};
const PostgresStatement sql_put_replay{
    "replay_put", sql_insert_replay.sql +
                      " ON CONFLICT (user_id, key) DO UPDATE SET request_digest = excluded.request_digest, "
                      "status = excluded.status, body = excluded.body, created = excluded.created"};

Parameters values(const Replay& replay) {
  Parameters parameters;
  parameters.add(replay.key.user.uuid).add(std::string_view(replay.key.key));
  parameters.add(std::string_view(replay.request_digest)).add(replay.status);
  parameters.add(std::string_view(replay.body)).add(replay.created_at);
  return parameters;
}

}  // namespace

const PostgresStatement sql_forget_replays{"replay_forget",
                                           "DELETE FROM replay WHERE (user_id, key) IN (SELECT user_id, key FROM "
                                           "replay WHERE created < (SELECT database_now()) - $1::bigint "
                                           "ORDER BY created, user_id, key LIMIT $2::bigint FOR UPDATE SKIP LOCKED)"};

void send_replays_load(PostgresConnection& connection, const std::vector<ReplayKey>& keys) {
  ParameterArray users(ParameterType::uuid), texts(ParameterType::text);
  for (const ReplayKey& key : keys) {
    users.add(key.user.uuid);
    texts.add(std::string_view(key.key));
  }
  connection.send(sql_load_replay, Parameters().add(std::move(users)).add(std::move(texts)));
}

void send_new_replay(PostgresConnection& connection, const Replay& replay) {
  connection.send(sql_insert_replay, values(replay));
}

void send_replay(PostgresConnection& connection, const Replay& replay) {
  connection.send(sql_put_replay, values(replay));
}

std::vector<Replay> read_replays(PostgresRows rows) {
  std::vector<Replay> replays;
  while (rows.next()) {
    Replay& replay = replays.emplace_back();
    replay.key.user = {rows.uuid()};
    replay.key.key = rows.text();
    replay.request_digest = rows.text();
    replay.status = static_cast<int>(rows.integer());
    replay.body = rows.text();
    replay.created_at = rows.time();
  }
  return replays;
}

}  // namespace sagactl::postgres

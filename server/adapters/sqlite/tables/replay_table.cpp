#include "server/adapters/sqlite/tables/replay_table.hpp"

#include "server/adapters/sql/sql_limit.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_put_replay =
    "INSERT OR REPLACE INTO replay (user, key, request_digest, status, body, created) VALUES (?, ?, ?, ?, ?, "
    "?)";
constexpr std::string_view sql_find_replay =
    "SELECT request_digest, status, body, created FROM replay WHERE user = ? AND key = ?";
constexpr std::string_view sql_forget =
    "DELETE FROM replay WHERE (user, key) IN "
    "(SELECT user, key FROM replay WHERE created < ? ORDER BY created, user, key LIMIT ?) RETURNING 1";

}  // namespace

ReplayTable::ReplayTable(SqliteConnection& connection)
    : put_(connection, sql_put_replay), find_(connection, sql_find_replay), forget_(connection, sql_forget) {}

void ReplayTable::put(const Replay& replay) {
  SqliteStatement& statement = put_().bind(replay.key.user).bind(replay.key.key);
  request_digest_.bind(statement, replay.request_digest);
  statement.bind(replay.status).bind(replay.body).bind(replay.created_at).run();
}

std::optional<Replay> ReplayTable::find(const ReplayKey& key) {
  SqliteStatement& row = find_().bind(key.user).bind(key.key);
  const StatementReset reset_at_end(row);
  if (!row.next()) return std::nullopt;
  Replay replay;
  replay.key = key;
  row.read_packed(replay.request_digest);
  replay.status = static_cast<int>(row.integer());
  replay.body = row.text();
  replay.created_at = row.time();
  return replay;
}

std::size_t ReplayTable::forget(Timestamp before, std::size_t limit) {
  SqliteStatement& row = forget_().bind(before).bind(sql::sql_limit(limit));
  const StatementReset reset_at_end(row);
  std::size_t forgotten = 0;
  while (row.next()) ++forgotten;
  return forgotten;
}

}  // namespace sagactl::sqlite

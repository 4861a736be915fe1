#include "server/adapters/sqlite/account_table.hpp"

#include "server/participants/session.hpp"

namespace sagactl::sqlite {
namespace {

const std::string account_columns =
    "id, email, password_hash, first_name, last_name, role, status, email_verified, refresh_token_hash, "
    "created, updated, sessions, rights_changed";
const std::string sql_put_account =
    "INSERT INTO account (" + account_columns +
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "email = excluded.email, password_hash = excluded.password_hash, "
    "first_name = excluded.first_name, last_name = excluded.last_name, "
    "role = excluded.role, status = excluded.status, "
    "email_verified = excluded.email_verified, "
    "refresh_token_hash = excluded.refresh_token_hash, "
    "created = excluded.created, updated = excluded.updated, "
    "sessions = excluded.sessions, rights_changed = excluded.rights_changed";
const std::string sql_find_by_id = "SELECT " + account_columns + " FROM account WHERE id = ?";
const std::string sql_find_by_email = "SELECT " + account_columns + " FROM account WHERE email = ?";

const std::string sql_rights_changed =
    "SELECT " + account_columns + " FROM account INDEXED BY account_rights_changed WHERE rights_changed >= ?";
const std::string sql_list = "SELECT " + account_columns + " FROM account WHERE email > ? ORDER BY email LIMIT ?";

User read_user(Statement& row) {
  User user;
  user.id = {row.uuid()};
  user.email = row.text();
  user.password_hash = row.text();
  user.first_name = row.text();
  user.last_name = row.text();
  user.role = static_cast<Role>(row.integer());
  user.status = static_cast<UserStatus>(row.integer());
  user.email_verified = row.integer() != 0;
  const std::string last_hash = read_compact(row);
  user.created_at = row.time();
  user.updated_at = row.time();
  user.sessions = read_sessions(row.text(), last_hash);
  user.rights_changed_at = row.time();
  return user;
}

std::optional<User> read_first(Statement& row) {
  const Reading reading(row);
  if (!row.next()) return std::nullopt;
  return read_user(row);
}

std::vector<User> read_all(Statement& row) {
  const Reading reading(row);
  std::vector<User> users;
  while (row.next()) users.push_back(read_user(row));
  return users;
}

}  // namespace

AccountTable::AccountTable(Connection& connection)
    : put_(connection, sql_put_account),
      find_by_id_(connection, sql_find_by_id),
      find_by_email_(connection, sql_find_by_email),
      rights_changed_(connection, sql_rights_changed),
      list_(connection, sql_list) {}

void AccountTable::put(const User& user) {
  Statement& statement = put_()
                             .bind(user.id)
                             .bind(user.email)
                             .bind(user.password_hash)
                             .bind(user.first_name)
                             .bind(user.last_name)
                             .bind(static_cast<int>(user.role))
                             .bind(static_cast<int>(user.status))
                             .bind(user.email_verified);
  const std::string last_hash = last_hash_of(user.sessions), sessions = sessions_text(user.sessions);
  refresh_token_hash_.bind(statement, last_hash);
  statement.bind(user.created_at).bind(user.updated_at);
  statement.bind_unless_empty(sessions);
  if (user.rights_changed_at == Timestamp{})
    statement.bind_null();
  else
    statement.bind(user.rights_changed_at);
  statement.run();
}

std::optional<User> AccountTable::find(UserId id) {
  return read_first(find_by_id_().bind(id));
}

std::optional<User> AccountTable::find(const std::string& email) {
  return read_first(find_by_email_().bind(email));
}

std::vector<User> AccountTable::rights_changed_since(Timestamp time) {
  return read_all(rights_changed_().bind(time));
}

std::vector<User> AccountTable::list(const std::string& after, std::int64_t limit) {
  return read_all(list_().bind(after).bind(limit));
}

}  // namespace sagactl::sqlite

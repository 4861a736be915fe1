#include "server/adapters/sqlite/tables/account_table.hpp"

#include <fmt/format.h>

#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::sqlite {
namespace {

const std::string sql_put_account =
    fmt::format("INSERT INTO account ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?){}", sql::account_columns,
                sql::account_replacement);
const std::string sql_accounts = fmt::format("SELECT {} FROM account ", sql::account_columns);
const std::string sql_find_by_id = sql_accounts + "WHERE id = ?";
const std::string sql_find_by_email = sql_accounts + "WHERE email = ?";
const std::string sql_rights_changed = sql_accounts + "INDEXED BY account_rights_changed WHERE rights_changed >= ?";
const std::string sql_list_accounts = sql_accounts + "WHERE email > ? ORDER BY email LIMIT ?";

std::vector<User> read_users(SqliteStatement& row) {
  const StatementReset reset_at_end(row);
  return sql::read_all(row, sql::read_user<SqliteStatement>);
}

std::optional<User> read_first_user(SqliteStatement& row) {
  const StatementReset reset_at_end(row);
  return sql::read_first(row, sql::read_user<SqliteStatement>);
}

}  // namespace

AccountTable::AccountTable(SqliteConnection& connection)
    : put_(connection, sql_put_account),
      find_by_id_(connection, sql_find_by_id),
      find_by_email_(connection, sql_find_by_email),
      rights_changed_(connection, sql_rights_changed),
      list_(connection, sql_list_accounts) {}

void AccountTable::put(const User& user) {
  SqliteStatement& statement = put_()
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
  return read_first_user(find_by_id_().bind(id));
}

std::optional<User> AccountTable::find(const std::string& email) {
  return read_first_user(find_by_email_().bind(email));
}

std::vector<User> AccountTable::rights_changed_since(Timestamp time) {
  return read_users(rights_changed_().bind(time));
}

std::vector<User> AccountTable::list(const std::string& after, std::size_t limit) {
  return read_users(list_().bind(after).bind(sql::sql_limit(limit)));
}

}  // namespace sagactl::sqlite

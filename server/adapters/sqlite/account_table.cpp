#include "server/adapters/sqlite/account_table.hpp"

namespace sagactl::sqlite {
namespace {

const std::string account_columns =
    "id, email, password_hash, first_name, last_name, role, status, email_verified, refresh_token_hash, "
    "created, "
    "updated";
const std::string sql_put_account =
    "INSERT INTO account (" + account_columns +
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "email = excluded.email, password_hash = excluded.password_hash, "
    "first_name = excluded.first_name, last_name = excluded.last_name, "
    "role = excluded.role, status = excluded.status, "
    "email_verified = excluded.email_verified, "
    "refresh_token_hash = excluded.refresh_token_hash, "
    "created = excluded.created, updated = excluded.updated";
const std::string sql_find_by_id = "SELECT " + account_columns + " FROM account WHERE id = ?";
const std::string sql_find_by_email = "SELECT " + account_columns + " FROM account WHERE email = ?";

std::optional<User> read_first(Statement& row) {
  const Reading reading(row);
  if (!row.next()) return std::nullopt;
  User user;
  user.id = {row.uuid()};
  user.email = row.text();
  user.password_hash = row.text();
  user.first_name = row.text();
  user.last_name = row.text();
  user.role = static_cast<Role>(row.integer());
  user.status = static_cast<UserStatus>(row.integer());
  user.email_verified = row.integer() != 0;
  user.refresh_token_hash = read_compact(row);
  user.created_at = row.time();
  user.updated_at = row.time();
  return user;
}

}  // namespace

AccountTable::AccountTable(Connection& connection)
    : put_(connection, sql_put_account),
      find_by_id_(connection, sql_find_by_id),
      find_by_email_(connection, sql_find_by_email) {}

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
  refresh_token_hash_.bind(statement, user.refresh_token_hash);
  statement.bind(user.created_at).bind(user.updated_at).run();
}

std::optional<User> AccountTable::find(UserId id) {
  return read_first(find_by_id_().bind(id));
}

std::optional<User> AccountTable::find(const std::string& email) {
  return read_first(find_by_email_().bind(email));
}

}  // namespace sagactl::sqlite

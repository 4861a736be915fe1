#include "server/adapters/postgres/account_table.hpp"

#include "server/participants/session.hpp"

namespace sagactl::postgres {
namespace {

const std::string account_columns =
    "id, email, password_hash, first_name, last_name, role, status, email_verified, refresh_token_hash, created, "
    "updated, sessions, rights_changed";
const Statement sql_load_account{
    "account_load", "SELECT " + account_columns +
                        " FROM account WHERE id = ANY ($1::uuid[]) OR email = ANY ($2::text[]) ORDER BY id FOR UPDATE"};
const Statement sql_put_account{
    "account_put",
    "INSERT INTO account (" + account_columns +
        ") SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], "
        "$7::smallint[], $8::boolean[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], "
        "$13::bigint[]) ON CONFLICT (id) DO UPDATE SET "
        "email = excluded.email, password_hash = excluded.password_hash, first_name = excluded.first_name, "
        "last_name = excluded.last_name, role = excluded.role, status = excluded.status, "
        "email_verified = excluded.email_verified, refresh_token_hash = excluded.refresh_token_hash, "
        "created = excluded.created, updated = excluded.updated, sessions = excluded.sessions, "
        "rights_changed = excluded.rights_changed"};

}  // namespace

const Statement sql_account_by_id{"account_by_id", "SELECT " + account_columns + " FROM account WHERE id = $1::uuid"};
const Statement sql_account_by_email{"account_by_email",
                                     "SELECT " + account_columns + " FROM account WHERE email = $1::text"};

const Statement sql_rights_changed{"account_rights_changed", "SELECT " + account_columns +
                                                                 " FROM account WHERE rights_changed >= $1::bigint"};
const Statement sql_accounts{"account_list", "SELECT " + account_columns +
                                                 " FROM account WHERE email > $1::text ORDER BY email LIMIT $2::bigint"};

void send_accounts_load(Connection& connection, const std::vector<UserId>& ids,
                        const std::vector<std::string>& emails) {
  Array id_array(Type::uuid), email_array(Type::text);
  for (const UserId id : ids) id_array.add(id.uuid);
  for (const std::string& email : emails) email_array.add(std::string_view(email));
  connection.send(sql_load_account, Parameters().add(std::move(id_array)).add(std::move(email_array)));
}

void send_accounts(Connection& connection, const std::vector<const User*>& users) {
  // One by one: a batch that writes a user twice is rare, and one statement cannot replace a row twice.
  for (const User* user : users) {
    Array ids(Type::uuid), emails(Type::text), hashes(Type::text), firsts(Type::text), lasts(Type::text),
        roles(Type::smallint), statuses(Type::smallint), verified(Type::boolean), tokens(Type::text),
        created(Type::bigint), updated(Type::bigint), sessions(Type::text), rights_changed(Type::bigint);
    const std::string last_hash = last_hash_of(user->sessions), text = sessions_text(user->sessions);
    ids.add(user->id.uuid);
    emails.add(std::string_view(user->email));
    hashes.add(std::string_view(user->password_hash));
    firsts.add(std::string_view(user->first_name));
    lasts.add(std::string_view(user->last_name));
    roles.add(static_cast<int>(user->role));
    statuses.add(static_cast<int>(user->status));
    verified.add(std::int64_t{user->email_verified});
    if (last_hash.empty())
      tokens.add_null();
    else
      tokens.add(std::string_view(last_hash));
    if (text.empty())
      sessions.add_null();
    else
      sessions.add(std::string_view(text));
    if (user->rights_changed_at == Timestamp{})
      rights_changed.add_null();
    else
      rights_changed.add(user->rights_changed_at.us);
    created.add(user->created_at.us);
    updated.add(user->updated_at.us);
    Parameters parameters;
    parameters.add(std::move(ids)).add(std::move(emails)).add(std::move(hashes)).add(std::move(firsts));
    parameters.add(std::move(lasts)).add(std::move(roles)).add(std::move(statuses)).add(std::move(verified));
    parameters.add(std::move(tokens)).add(std::move(created)).add(std::move(updated));
    parameters.add(std::move(sessions)).add(std::move(rights_changed));
    connection.send(sql_put_account, parameters);
  }
}

std::vector<User> read_accounts(Rows rows) {
  std::vector<User> users;
  while (rows.next()) {
    User& user = users.emplace_back();
    user.id = {rows.uuid()};
    user.email = rows.text();
    user.password_hash = rows.text();
    user.first_name = rows.text();
    user.last_name = rows.text();
    user.role = static_cast<Role>(rows.integer());
    user.status = static_cast<UserStatus>(rows.integer());
    user.email_verified = rows.integer() != 0;
    const std::string last_hash{rows.text()};
    user.created_at = rows.time();
    user.updated_at = rows.time();
    user.sessions = read_sessions(rows.text(), last_hash);
    user.rights_changed_at = rows.time();
  }
  return users;
}

}  // namespace sagactl::postgres

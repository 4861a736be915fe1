#include "server/adapters/postgres/tables/account_table.hpp"

#include <fmt/format.h>

#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::postgres {
namespace {

const std::string select_accounts = fmt::format("SELECT {} FROM account ", sql::account_columns);
const PostgresStatement sql_load_account{
    "account_load", select_accounts + "WHERE id = ANY ($1::uuid[]) OR email = ANY ($2::text[]) ORDER BY id FOR UPDATE"};
const PostgresStatement sql_put_account{
    "account_put",
    fmt::format("INSERT INTO account ({}) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], "
                "$5::text[], $6::smallint[], $7::smallint[], $8::boolean[], $9::text[], $10::bigint[], $11::bigint[], "
                "$12::text[], $13::bigint[]){}",
                sql::account_columns, sql::account_replacement)};
const PostgresStatement sql_account_by_id{"account_by_id", select_accounts + "WHERE id = $1::uuid"};
const PostgresStatement sql_account_by_email{"account_by_email", select_accounts + "WHERE email = $1::text"};
const PostgresStatement sql_rights_changed{"account_rights_changed",
                                           select_accounts + "WHERE rights_changed >= $1::bigint"};
const PostgresStatement sql_accounts{"account_list",
                                     select_accounts + "WHERE email > $1::text ORDER BY email LIMIT $2::bigint"};

std::optional<User> read_first_user(PostgresRows rows) {
  return sql::read_first(rows, sql::read_user<PostgresRows>);
}

}  // namespace

void send_accounts_load(PostgresConnection& connection, const std::vector<UserId>& ids,
                        const std::vector<std::string>& emails) {
  ParameterArray id_array(ParameterType::uuid), email_array(ParameterType::text);
  for (const UserId id : ids) id_array.add(id.uuid);
  for (const std::string& email : emails) email_array.add(std::string_view(email));
  connection.send(sql_load_account, Parameters().add(std::move(id_array)).add(std::move(email_array)));
}

void send_accounts(PostgresConnection& connection, const std::vector<const User*>& users) {
  // One by one: a batch that writes a user twice is rare, and one statement cannot replace a row twice.
  for (const User* user : users) {
    ParameterArray ids(ParameterType::uuid), emails(ParameterType::text), hashes(ParameterType::text),
        firsts(ParameterType::text), lasts(ParameterType::text), roles(ParameterType::smallint),
        statuses(ParameterType::smallint), verified(ParameterType::boolean), tokens(ParameterType::text),
        created(ParameterType::bigint), updated(ParameterType::bigint), sessions(ParameterType::text),
        rights_changed(ParameterType::bigint);
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

std::vector<User> read_accounts(PostgresRows rows) {
  return sql::read_all(rows, sql::read_user<PostgresRows>);
}

std::optional<User> AccountQueries::find(UserId id) {
  return read_first_user(connection_.run(sql_account_by_id, Parameters().add(id.uuid)));
}

std::optional<User> AccountQueries::find(const std::string& email) {
  return read_first_user(connection_.run(sql_account_by_email, Parameters().add(std::string_view(email))));
}

std::vector<User> AccountQueries::list(const std::string& after, std::size_t limit) {
  Parameters parameters;
  parameters.add(std::string_view(after)).add(sql::sql_limit(limit));
  return read_accounts(connection_.run(sql_accounts, parameters));
}

std::vector<User> AccountQueries::rights_changed_since(Timestamp time) {
  return read_accounts(connection_.run(sql_rights_changed, Parameters().add(time.us)));
}

}  // namespace sagactl::postgres

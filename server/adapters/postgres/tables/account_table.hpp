// The table of users.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/participants/user.hpp"

namespace sagactl::postgres {

// Locks those that exist, by id or by email.
void send_accounts_load(PostgresConnection& connection, const std::vector<UserId>& ids,
                        const std::vector<std::string>& emails);
void send_accounts(PostgresConnection& connection, const std::vector<const User*>& users);  // insert or replace by id

std::vector<User> read_accounts(PostgresRows rows);

class AccountQueries {
 public:
  explicit AccountQueries(PostgresConnection& connection) : connection_(connection) {}

  std::optional<User> find(UserId id);
  std::optional<User> find(const std::string& email);
  std::vector<User> list(const std::string& after, std::size_t limit);  // by e-mail address
  std::vector<User> rights_changed_since(Timestamp time);

 private:
  PostgresConnection& connection_;
};

}  // namespace sagactl::postgres

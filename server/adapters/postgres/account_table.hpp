// The table of users.
#pragma once

#include <string>
#include <vector>

#include "server/adapters/postgres/connection.hpp"
#include "server/participants/user.hpp"

namespace sagactl::postgres {

extern const Statement sql_account_by_id, sql_account_by_email;
extern const Statement sql_rights_changed;  // since a time
extern const Statement sql_accounts;        // by e-mail address: those after one, so many

// Locks those that are there, by id or by email.
void send_accounts_load(Connection& connection, const std::vector<UserId>& ids,
                        const std::vector<std::string>& emails);
void send_accounts(Connection& connection, const std::vector<const User*>& users);  // insert or replace by id

std::vector<User> read_accounts(Rows rows);

}  // namespace sagactl::postgres

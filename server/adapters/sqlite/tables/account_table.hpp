// The table of users.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/tables/compact_text.hpp"
#include "server/participants/user.hpp"

namespace sagactl::sqlite {

class AccountTable {
 public:
  explicit AccountTable(SqliteConnection& connection);

  void put(const User& user);  // insert or replace by id
  std::optional<User> find(UserId id);
  std::optional<User> find(const std::string& email);
  std::vector<User> rights_changed_since(Timestamp time);
  std::vector<User> list(const std::string& after, std::size_t limit);  // by e-mail address

 private:
  Query put_, find_by_id_, find_by_email_, rights_changed_, list_;
  CompactText refresh_token_hash_;
};

}  // namespace sagactl::sqlite

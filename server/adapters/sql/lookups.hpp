// The queries that look one thing up, or a page by its key: the same over the tables of either database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/ports/queries.hpp"

namespace sagactl::sql {

// `Port` has Queries among its bases. `Database` derives from this and has `read(work)`, which returns the Result of
// `work(tables)`, whose members `stocks` and `accounts` are called here.
template <class Database, class Port>
class Lookups : public Port {
 public:
  Result<std::optional<Stock>> stock(const StockKey& key) override {
    return database().read([&](auto& tables) { return tables.stocks.find(key); });
  }
  Result<std::vector<Stock>> stocks(StockKind kind, const std::string& after, std::size_t limit) override {
    return database().read([&](auto& tables) { return tables.stocks.list(kind, after, limit); });
  }
  Result<std::optional<User>> user(UserId id) override {
    return database().read([&](auto& tables) { return tables.accounts.find(id); });
  }
  Result<std::optional<User>> user_by_email(const std::string& email) override {
    return database().read([&](auto& tables) { return tables.accounts.find(email); });
  }
  Result<std::vector<User>> users(const std::string& after, std::size_t limit) override {
    return database().read([&](auto& tables) { return tables.accounts.list(after, limit); });
  }
  Result<std::vector<User>> rights_changed_since(Timestamp time) override {
    return database().read([&](auto& tables) { return tables.accounts.rights_changed_since(time); });
  }

 private:
  Database& database() { return static_cast<Database&>(*this); }
};

}  // namespace sagactl::sql

// SQL as a user types it, on a schema that a store has made; by libpqxx, which knows nothing of the store.
#pragma once

#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <string>

namespace sagactl {

class PostgresSession {
 public:
  explicit PostgresSession(const std::string& url) : connection_(url) {}

  void run(const std::string& sql) {
    try {
      pqxx::nontransaction(connection_).exec(sql);
    } catch (const pqxx::sql_error& error) {
      ADD_FAILURE() << sql << ": " << error.what();
    }
  }

  // All columns of all rows: "a|b" a line; null is "-".
  std::string text(const std::string& sql) {
    std::string out;
    try {
      for (const pqxx::row& row : pqxx::nontransaction(connection_).exec(sql)) {
        if (!out.empty()) out += '\n';
        for (pqxx::row::size_type i = 0; i < row.size(); ++i) {
          if (i > 0) out += '|';
          out += row[i].is_null() ? "-" : row[i].c_str();
        }
      }
    } catch (const pqxx::sql_error& error) {
      ADD_FAILURE() << sql << ": " << error.what();
    }
    return out;
  }

 private:
  pqxx::connection connection_;
};

}  // namespace sagactl

// One statement of a table, prepared on its connection when it is first wanted.
#pragma once

#include <optional>
#include <string_view>

#include "server/adapters/sqlite/connection.hpp"

namespace sagactl::sqlite {

class Query {
 public:
  // `sql` is a constant: it must outlive the query.
  Query(Connection& connection, std::string_view sql) : connection_(connection), sql_(sql) {}

  // Ready to be bound.
  Statement& operator()() {
    if (!statement_) statement_.emplace(connection_.prepare(sql_));
    return *statement_;
  }

 private:
  Connection& connection_;
  std::string_view sql_;
  std::optional<Statement> statement_;
};

// Ends the reading of a statement before its last row, however the reader leaves.
class Reading {
 public:
  explicit Reading(Statement& statement) : statement_(statement) {}
  ~Reading() { statement_.reset(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  Statement& statement_;
};

// The first column of the first row, and 0 when there is none.
inline std::int64_t first_number(Statement& statement) {
  const Reading reading(statement);
  return statement.next() ? statement.integer() : 0;
}

}  // namespace sagactl::sqlite

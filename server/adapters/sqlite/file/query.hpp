// One statement of a table, prepared on its connection at the first use.
#pragma once

#include <optional>
#include <string_view>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::sqlite {

class Query {
 public:
  // `sql` is a constant: it must outlive the query.
  Query(SqliteConnection& connection, std::string_view sql) : connection_(connection), sql_(sql) {}

  // Ready to be bound.
  SqliteStatement& operator()() {
    if (!statement_) statement_.emplace(connection_.prepare(sql_));
    return *statement_;
  }

 private:
  SqliteConnection& connection_;
  std::string_view sql_;
  std::optional<SqliteStatement> statement_;
};

// Ends a statement before its last row, however its reader returns.
class StatementReset {
 public:
  explicit StatementReset(SqliteStatement& statement) : statement_(statement) {}
  ~StatementReset() { statement_.reset(); }
  StatementReset(const StatementReset&) = delete;
  StatementReset& operator=(const StatementReset&) = delete;

 private:
  SqliteStatement& statement_;
};

// The first column of the first row, and 0 when there is none.
inline std::int64_t first_number(SqliteStatement& statement) {
  const StatementReset reset_at_end(statement);
  return statement.next() ? statement.integer() : 0;
}

}  // namespace sagactl::sqlite

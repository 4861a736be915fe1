// A merge join: the rows of a table, read once, beside flows in the order of their numbers. A statement for each flow
// would cost more than its rows.
#pragma once

#include <cstdint>
#include <string>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::sqlite {

class RowsByFlow {
 public:
  // The first column of `sql` is the number of the row's flow, by which the rows are ordered; its parameter is the
  // smallest number to read. It outlives this.
  RowsByFlow(SqliteConnection& connection, const std::string& sql) : connection_(connection), sql_(sql) {}
  ~RowsByFlow() {
    if (rows_) rows_->reset();
  }
  RowsByFlow(const RowsByFlow&) = delete;
  RowsByFlow& operator=(const RowsByFlow&) = delete;

  // Calls `read` with the rows of this flow, each at its second column. The numbers of the flows grow from call to
  // call.
  template <class Read>
  void each(std::int64_t flow, const Read& read) {
    if (!rows_) {
      rows_ = &connection_.prepared(sql_);
      rows_->bind(flow);
      next();
    }
    while (has_row_ && flow_ < flow) next();
    while (has_row_ && flow_ == flow) {
      read(*rows_);
      next();
    }
  }

 private:
  void next() {
    has_row_ = rows_->next();
    if (has_row_) flow_ = rows_->integer();
  }

  SqliteConnection& connection_;
  const std::string& sql_;
  SqliteStatement* rows_ = nullptr;  // while there is one, no other of this statement
  bool has_row_ = false;
  std::int64_t flow_ = 0;  // of the row
};

}  // namespace sagactl::sqlite

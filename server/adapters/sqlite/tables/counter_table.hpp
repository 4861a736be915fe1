// The table of counters, see count_changes.hpp.
#pragma once

#include "server/adapters/sql/count_changes.hpp"
#include "server/adapters/sqlite/file/query.hpp"

namespace sagactl::sqlite {

class CounterTable {
 public:
  CounterTable(SqliteConnection& connection, sql::InternedNames& names);

  void add(const sql::CountChanges& changes);  // writes each changed counter once
  Counts read();                               // without `unpublished_events`

 private:
  sql::InternedNames& names_;
  Query add_, read_;
};

}  // namespace sagactl::sqlite

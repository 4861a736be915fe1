// The tables of users' own sagas: their definitions, the calls to their participants, and what of their inputs they are
// found by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class DefinitionTable {
 public:
  DefinitionTable(SqliteConnection& connection, sql::InternedNames& names);

  // The text has passed check_publishable().
  PublishedDefinition publish(const std::string& name, const std::string& text, Timestamp now);
  bool retire(const std::string& name);
  std::optional<StoredDefinition> find(const std::string& name, std::optional<int> version);
  std::vector<StoredDefinition> all();

 private:
  void write_steps(std::int64_t number);
  std::vector<StoredDefinition> read(SqliteStatement& row);

  sql::InternedNames& names_;
  Query newest_, last_version_, insert_, insert_step_, set_retired_, find_newest_, find_version_, all_;
};

class CallTable {
 public:
  CallTable(SqliteConnection& connection, sql::InternedNames& names);

  void insert(std::int64_t flow, const CallRecord& record);
  std::vector<CallRecord> of_flow(std::int64_t flow);  // oldest first

 private:
  sql::InternedNames& names_;
  Query insert_, of_flow_;
};

class SearchTable {
 public:
  explicit SearchTable(SqliteConnection& connection);

  void insert(std::int64_t flow, const Saga& saga);

 private:
  Query insert_;
};

}  // namespace sagactl::sqlite

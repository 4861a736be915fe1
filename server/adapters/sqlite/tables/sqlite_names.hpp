// The numbers of nodes and saga definitions in a database file.
#pragma once

#include "server/adapters/sql/interned_names.hpp"
#include "server/adapters/sqlite/file/query.hpp"

namespace sagactl::sqlite {

class SqliteNames : public sql::InternedNames {
 public:
  explicit SqliteNames(SqliteConnection& connection);

 private:
  void load_nodes() override;
  void load_definitions() override;
  void add_node(const NodeName& name) override;
  void add_definition(std::string_view name, int version) override;
  std::string load_definition_text(std::int64_t number) override;

  Query nodes_, definitions_, add_node_, add_definition_, definition_text_;
};

}  // namespace sagactl::sqlite

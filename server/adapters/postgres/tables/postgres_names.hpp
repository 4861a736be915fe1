// The numbers of nodes and saga definitions, over a pipelined connection.
#pragma once

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/interned_names.hpp"

namespace sagactl::postgres {

class PostgresNames : public sql::InternedNames {
 public:
  explicit PostgresNames(PostgresConnection& connection) : connection_(connection) {}

 private:
  void load_nodes() override;
  void load_definitions() override;
  void add_node(const NodeName& name) override;
  void add_definition(std::string_view name, int version) override;
  std::string load_definition_text(std::int64_t number) override;

  PostgresConnection& connection_;
};

}  // namespace sagactl::postgres

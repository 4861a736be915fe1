#include "server/adapters/postgres/tables/postgres_names.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_node_names{"names_nodes", "SELECT no, name FROM node"};
const PostgresStatement sql_add_node{"names_add_node",
                                     "INSERT INTO node (name) VALUES ($1) ON CONFLICT (name) DO NOTHING"};
const PostgresStatement sql_definition_names{"names_definitions", "SELECT no, name, version FROM definition"};
const PostgresStatement sql_add_definition{
    "names_add_definition",
    "INSERT INTO definition (name, version) VALUES ($1, $2::bigint) ON CONFLICT (name, version) DO NOTHING"};

}  // namespace

void PostgresNames::load_nodes() {
  PostgresRows row = connection_.run(sql_node_names);
  while (row.next()) {
    const std::int64_t number = row.integer();
    cache_node(number, row.text());
  }
}

void PostgresNames::load_definitions() {
  PostgresRows row = connection_.run(sql_definition_names);
  while (row.next()) {
    const std::int64_t number = row.integer();
    const std::string_view name = row.text();
    cache_definition(number, name, row.integer());
  }
}

void PostgresNames::add_node(const NodeName& name) {
  connection_.run(sql_add_node, Parameters().add(std::string_view(name)));
}

void PostgresNames::add_definition(std::string_view name, int version) {
  connection_.run(sql_add_definition, Parameters().add(name).add(version));
}

}  // namespace sagactl::postgres

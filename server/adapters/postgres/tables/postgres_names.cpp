#include "server/adapters/postgres/tables/postgres_names.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_add_node{"names_add_node",
                                     "INSERT INTO node (name) VALUES ($1) ON CONFLICT (name) DO NOTHING"};
const PostgresStatement sql_add_definition{
    "names_add_definition",
    "INSERT INTO definition (name, version) VALUES ($1, $2::bigint) ON CONFLICT (name, version) DO NOTHING"};
const PostgresStatement sql_definition_text{"names_definition_text",
                                            "SELECT text FROM definition WHERE no = $1::bigint"};

}  // namespace

void PostgresNames::load_nodes() {
  static const PostgresStatement statement{"names_nodes", std::string(select_nodes)};
  PostgresRows rows = connection_.run(statement);
  cache_nodes(rows);
}

void PostgresNames::load_definitions() {
  static const PostgresStatement statement{"names_definitions", std::string(select_definitions)};
  PostgresRows rows = connection_.run(statement);
  cache_definitions(rows);
}

void PostgresNames::add_node(const NodeName& name) {
  connection_.run(sql_add_node, Parameters().add(std::string_view(name)));
}

void PostgresNames::add_definition(std::string_view name, int version) {
  connection_.run(sql_add_definition, Parameters().add(name).add(version));
}

std::string PostgresNames::load_definition_text(std::int64_t number) {
  PostgresRows row = connection_.run(sql_definition_text, Parameters().add(number));
  return row.next() ? std::string(row.text()) : std::string();
}

}  // namespace sagactl::postgres

#include "server/adapters/sqlite/tables/sqlite_names.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_add_node = "INSERT OR IGNORE INTO node (name) VALUES (?)";
constexpr std::string_view sql_add_definition = "INSERT OR IGNORE INTO definition (name, version) VALUES (?, ?)";
constexpr std::string_view sql_definition_text = "SELECT text FROM definition WHERE no = ?";

}  // namespace

SqliteNames::SqliteNames(SqliteConnection& connection)
    : nodes_(connection, select_nodes),
      definitions_(connection, select_definitions),
      add_node_(connection, sql_add_node),
      add_definition_(connection, sql_add_definition),
      definition_text_(connection, sql_definition_text) {}

void SqliteNames::load_nodes() {
  cache_nodes(nodes_());
}

void SqliteNames::load_definitions() {
  cache_definitions(definitions_());
}

void SqliteNames::add_node(const NodeName& name) {
  add_node_().bind(name).run();
}

void SqliteNames::add_definition(std::string_view name, int version) {
  add_definition_().bind(name).bind(version).run();
}

std::string SqliteNames::load_definition_text(std::int64_t number) {
  SqliteStatement& row = definition_text_().bind(number);
  const StatementReset reset_at_end(row);
  return row.next() ? std::string(row.text()) : std::string();
}

}  // namespace sagactl::sqlite

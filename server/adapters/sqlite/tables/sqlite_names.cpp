#include "server/adapters/sqlite/tables/sqlite_names.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_node_names = "SELECT no, name FROM node";
constexpr std::string_view sql_definition_names = "SELECT no, name, version FROM definition";
constexpr std::string_view sql_add_node = "INSERT OR IGNORE INTO node (name) VALUES (?)";
constexpr std::string_view sql_add_definition = "INSERT OR IGNORE INTO definition (name, version) VALUES (?, ?)";

}  // namespace

SqliteNames::SqliteNames(SqliteConnection& connection)
    : nodes_(connection, sql_node_names),
      definitions_(connection, sql_definition_names),
      add_node_(connection, sql_add_node),
      add_definition_(connection, sql_add_definition) {}

void SqliteNames::load_nodes() {
  SqliteStatement& row = nodes_();
  const StatementReset reset_at_end(row);
  while (row.next()) {
    const std::int64_t number = row.integer();
    cache_node(number, row.text());
  }
}

void SqliteNames::load_definitions() {
  SqliteStatement& row = definitions_();
  const StatementReset reset_at_end(row);
  while (row.next()) {
    const std::int64_t number = row.integer();
    const std::string_view name = row.text();
    cache_definition(number, name, row.integer());
  }
}

void SqliteNames::add_node(const NodeName& name) {
  add_node_().bind(name).run();
}

void SqliteNames::add_definition(std::string_view name, int version) {
  add_definition_().bind(name).bind(version).run();
}

}  // namespace sagactl::sqlite

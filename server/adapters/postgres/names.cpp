#include "server/adapters/postgres/names.hpp"

namespace sagactl::postgres {
namespace {

const Statement sql_known_nodes{"names_nodes", "SELECT no, name FROM node"};
const Statement sql_add_node{"names_add_node", "INSERT INTO node (name) VALUES ($1) ON CONFLICT (name) DO NOTHING"};
const Statement sql_definitions{"names_definitions", "SELECT no, name, version FROM definition"};
const Statement sql_add_definition{
    "names_add_definition",
    "INSERT INTO definition (name, version) VALUES ($1, $2::bigint) ON CONFLICT (name, version) DO NOTHING"};

}  // namespace

void Names::read_nodes() {
  Rows row = connection_.run(sql_known_nodes);
  while (row.next()) {
    const std::int64_t number = row.integer();
    const NodeName name(row.text());
    node_numbers_.emplace(name, number);
    node_names_.emplace(number, name);
  }
}

void Names::read_definitions() {
  Rows row = connection_.run(sql_definitions);
  while (row.next()) {
    const std::int64_t number = row.integer();
    DefinitionName definition;
    definition.name = row.text();
    definition.version = static_cast<int>(row.integer());
    definitions_.emplace(number, std::move(definition));
  }
}

std::int64_t Names::find_node(const NodeName& name) {
  if (!node_numbers_.contains(name)) read_nodes();
  const auto known = node_numbers_.find(name);
  return known == node_numbers_.end() ? 0 : known->second;
}

std::int64_t Names::number_of_node(const NodeName& name) {
  if (name.empty()) return 0;
  if (const std::int64_t number = find_node(name)) return number;
  connection_.run(sql_add_node, Parameters().add(std::string_view(name)));
  return find_node(name);
}

std::int64_t Names::number_of_definition(std::string_view name, int version) {
  const auto find = [&]() -> std::int64_t {
    for (const auto& [number, known] : definitions_)
      if (known.version == version && known.name == name) return number;
    return 0;
  };
  std::int64_t number = find();
  if (number == 0) {
    connection_.run(sql_add_definition, Parameters().add(name).add(version));
    read_definitions();
    number = find();
  }
  return number;
}

const NodeName& Names::node(std::int64_t number) {
  static const NodeName none;
  if (number == 0) return none;
  if (!node_names_.contains(number)) read_nodes();
  const auto known = node_names_.find(number);
  return known == node_names_.end() ? none : known->second;
}

const DefinitionName& Names::definition(std::int64_t number) {
  static const DefinitionName none;
  if (!definitions_.contains(number)) read_definitions();
  const auto known = definitions_.find(number);
  return known == definitions_.end() ? none : known->second;
}

void Names::forget() {
  node_numbers_.clear();
  node_names_.clear();
  definitions_.clear();
}

}  // namespace sagactl::postgres

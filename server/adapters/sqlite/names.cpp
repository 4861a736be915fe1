#include "server/adapters/sqlite/names.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_find_node = "SELECT no FROM node WHERE name = ?";
constexpr std::string_view sql_add_node = "INSERT INTO node (name) VALUES (?) RETURNING no";
constexpr std::string_view sql_node_name = "SELECT name FROM node WHERE no = ?";
constexpr std::string_view sql_find_definition = "SELECT no FROM definition WHERE name = ? AND version = ?";
constexpr std::string_view sql_add_definition =
    "INSERT INTO definition (name, version) VALUES (?, ?) RETURNING no";
constexpr std::string_view sql_definition_name = "SELECT name, version FROM definition WHERE no = ?";

}  // namespace

Names::Names(Connection& connection)
    : find_node_(connection, sql_find_node),
      add_node_(connection, sql_add_node),
      node_name_(connection, sql_node_name),
      find_definition_(connection, sql_find_definition),
      add_definition_(connection, sql_add_definition),
      definition_name_(connection, sql_definition_name) {}

std::int64_t Names::find_node(const NodeName& name) {
  const auto known = node_numbers_.find(name);
  if (known != node_numbers_.end()) return known->second;
  const std::int64_t number = first_number(find_node_().bind(name));
  if (number != 0) node_numbers_.emplace(name, number);
  return number;
}

std::int64_t Names::number_of_node(const NodeName& name) {
  if (name.empty()) return 0;
  if (const std::int64_t number = find_node(name)) return number;
  const std::int64_t number = first_number(add_node_().bind(name));
  node_numbers_.emplace(name, number);
  return number;
}

std::int64_t Names::number_of_definition(std::string_view name, int version) {
  for (const auto& [number, known] : definitions_)
    if (known.version == version && known.name == name) return number;
  std::int64_t number = first_number(find_definition_().bind(name).bind(version));
  if (number == 0) number = first_number(add_definition_().bind(name).bind(version));
  definitions_.emplace(number, DefinitionName{std::string(name), version});
  return number;
}

const NodeName& Names::node(std::int64_t number) {
  static const NodeName none;
  if (number == 0) return none;
  const auto known = node_names_.find(number);
  if (known != node_names_.end()) return known->second;
  Statement& statement = node_name_().bind(number);
  const Reading reading(statement);
  return statement.next() ? node_names_.emplace(number, statement.text()).first->second : none;
}

const DefinitionName& Names::definition(std::int64_t number) {
  static const DefinitionName none;
  const auto known = definitions_.find(number);
  if (known != definitions_.end()) return known->second;
  Statement& statement = definition_name_().bind(number);
  const Reading reading(statement);
  if (!statement.next()) return none;
  DefinitionName definition{std::string(statement.text()), static_cast<int>(statement.integer())};
  return definitions_.emplace(number, std::move(definition)).first->second;
}

void Names::forget() {
  node_numbers_.clear();
  node_names_.clear();
  definitions_.clear();
}

}  // namespace sagactl::sqlite

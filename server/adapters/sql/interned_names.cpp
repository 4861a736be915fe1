#include "server/adapters/sql/interned_names.hpp"

#include <algorithm>

namespace sagactl::sql {

std::int64_t InternedNames::find_node(const NodeName& name) {
  auto cached = node_numbers_.find(name);
  if (cached == node_numbers_.end()) {
    load_nodes();
    cached = node_numbers_.find(name);
  }
  return cached == node_numbers_.end() ? 0 : cached->second;
}

std::int64_t InternedNames::number_of_node(const NodeName& name) {
  if (name.empty()) return 0;
  if (const std::int64_t number = find_node(name)) return number;
  add_node(name);
  return find_node(name);
}

std::int64_t InternedNames::find_definition(std::string_view name, int version) const {
  for (const auto& [number, cached] : definitions_)
    if (cached.version == version && cached.name == name) return number;
  return 0;
}

std::int64_t InternedNames::number_of_definition(std::string_view name, int version) {
  if (const std::int64_t number = find_definition(name, version)) return number;
  load_definitions();
  if (const std::int64_t number = find_definition(name, version)) return number;
  add_definition(name, version);
  load_definitions();
  return find_definition(name, version);
}

std::vector<std::int64_t> InternedNames::numbers_of_definitions(const std::vector<std::string>& names) {
  load_definitions();
  std::vector<std::int64_t> numbers;
  for (const auto& [number, cached] : definitions_)
    if (std::find(names.begin(), names.end(), cached.name) != names.end()) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

const NodeName& InternedNames::node(std::int64_t number) {
  static const NodeName none;
  if (number == 0) return none;
  auto cached = node_names_.find(number);
  if (cached == node_names_.end()) {
    load_nodes();
    cached = node_names_.find(number);
  }
  return cached == node_names_.end() ? none : cached->second;
}

const DefinitionName& InternedNames::definition(std::int64_t number) {
  static const DefinitionName none;
  auto cached = definitions_.find(number);
  if (cached == definitions_.end()) {
    load_definitions();
    cached = definitions_.find(number);
  }
  return cached == definitions_.end() ? none : cached->second;
}

void InternedNames::forget() {
  node_numbers_.clear();
  node_names_.clear();
  definitions_.clear();
}

void InternedNames::cache_node(std::int64_t number, std::string_view name) {
  node_numbers_.emplace(name, number);
  node_names_.emplace(number, name);
}

void InternedNames::cache_definition(std::int64_t number, std::string_view name, std::int64_t version) {
  definitions_.emplace(number, DefinitionName{std::string(name), static_cast<int>(version)});
}

}  // namespace sagactl::sql

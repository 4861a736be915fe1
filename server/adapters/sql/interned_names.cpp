#include "server/adapters/sql/interned_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "server/adapters/sql/database_failure.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl::sql {
namespace {

constexpr std::size_t inline_definitions_max = 256;

}  // namespace

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

std::int64_t InternedNames::number_of_definition(const Saga& saga) {
  if (!saga.own_definition || saga.own_definition->is_inline)
    return number_of_definition(saga.type, saga.definition_version);
  std::int64_t number = find_definition(saga.type, saga.definition_version);
  if (number == 0) {
    load_definitions();
    number = find_definition(saga.type, saga.definition_version);
  }
  if (number == 0 || !definition(number).is_published)
    fail_as_bug(fmt::format("saga {} cannot be written: version {} of {} is not published", saga.id.text(),
                            saga.definition_version, saga.type));
  return number;
}

std::vector<std::int64_t> InternedNames::numbers_of_definitions(const std::vector<std::string>& names,
                                                                std::optional<int> version) {
  load_definitions();
  std::vector<std::int64_t> numbers;
  for (const auto& [number, cached] : definitions_)
    if ((names.empty() || std::find(names.begin(), names.end(), cached.name) != names.end()) &&
        (!version || cached.version == *version))
      numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::string> InternedNames::names_of_definitions() {
  load_definitions();
  std::set<std::string> names;
  for (const auto& [number, cached] : definitions_) names.insert(cached.name);
  return {names.begin(), names.end()};
}

DefinitionPointer InternedNames::published(std::int64_t number) {
  const DefinitionName& name = definition(number);
  if (!name.is_published) return nullptr;
  if (const auto cached = published_.find(number); cached != published_.end()) return cached->second;
  auto compiled = compile_definition(load_definition_text(number), name.version);
  return published_.emplace(number, compiled ? std::move(*compiled) : nullptr).first->second;
}

DefinitionPointer InternedNames::inline_definition(std::string_view text) {
  if (const auto cached = inline_.find(text); cached != inline_.end()) return cached->second;
  auto compiled = compile_definition(text, 1);
  if (!compiled) return nullptr;
  if (inline_.size() >= inline_definitions_max) inline_.clear();
  return inline_.emplace((*compiled)->text, *compiled).first->second;
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
  published_.clear();
}

void InternedNames::cache_node(std::int64_t number, std::string_view name) {
  node_numbers_.emplace(name, number);
  node_names_.emplace(number, name);
}

void InternedNames::cache_definition(std::int64_t number, std::string_view name, std::int64_t version,
                                     bool is_published) {
  definitions_.emplace(number, DefinitionName{std::string(name), static_cast<int>(version), is_published});
}

}  // namespace sagactl::sql

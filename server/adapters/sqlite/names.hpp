// Nodes and saga definitions go by numbers in the tables. Names keeps those that a connection has met.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "server/adapters/sqlite/query.hpp"
#include "server/saga/event.hpp"

namespace sagactl::sqlite {

struct DefinitionName {
  std::string name;
  int version = 1;
};

class Names {
 public:
  explicit Names(Connection& connection);

  // The number of that name, given to it now when it has none. The empty name has number 0.
  std::int64_t number_of_node(const NodeName& name);
  std::int64_t number_of_definition(std::string_view name, int version);

  // 0: there is no such node.
  std::int64_t find_node(const NodeName& name);

  const NodeName& node(std::int64_t number);
  const DefinitionName& definition(std::int64_t number);

  // After a rollback: what was met in it may not be there.
  void forget();

 private:
  Query find_node_, add_node_, node_name_, find_definition_, add_definition_, definition_name_;
  std::unordered_map<std::string, std::int64_t> node_numbers_;
  std::unordered_map<std::int64_t, NodeName> node_names_;
  std::unordered_map<std::int64_t, DefinitionName> definitions_;
};

}  // namespace sagactl::sqlite

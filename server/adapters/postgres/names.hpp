// Nodes and saga definitions go by numbers in the tables. Names keeps those that a connection has met.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/adapters/postgres/connection.hpp"
#include "server/saga/event.hpp"

namespace sagactl::postgres {

struct DefinitionName {
  std::string name;
  int version = 1;
};

class Names {
 public:
  explicit Names(Connection& connection) : connection_(connection) {}

  // The number of that name, given to it now when it has none. The empty name has number 0. Asks the server, so
  // nothing may be waiting to be sent.
  std::int64_t number_of_node(const NodeName& name);
  std::int64_t number_of_definition(std::string_view name, int version);

  // 0: there is no such node.
  std::int64_t find_node(const NodeName& name);

  const NodeName& node(std::int64_t number);
  const DefinitionName& definition(std::int64_t number);

  // After a rollback: what was met in it may not be there.
  void forget();

 private:
  void read_nodes();
  void read_definitions();

  Connection& connection_;
  std::unordered_map<std::string, std::int64_t> node_numbers_;
  std::unordered_map<std::int64_t, NodeName> node_names_;
  std::unordered_map<std::int64_t, DefinitionName> definitions_;
};

}  // namespace sagactl::postgres

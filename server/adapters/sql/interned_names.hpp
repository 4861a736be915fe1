// Tables refer to nodes and saga definitions by numbers. This caches the numbers that one connection has read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/saga/event.hpp"

namespace sagactl::sql {

struct DefinitionName {
  std::string name;
  int version = 1;
};

class InternedNames {
 public:
  InternedNames() = default;
  virtual ~InternedNames() = default;
  InternedNames(const InternedNames&) = delete;
  InternedNames& operator=(const InternedNames&) = delete;

  // The number of that name, which is added to the table when it is missing. The empty name has number 0. Queries the
  // database when the name is not cached, so no statement may be waiting to be sent on the connection.
  std::int64_t number_of_node(const NodeName& name);
  std::int64_t number_of_definition(std::string_view name, int version);

  // 0: there is no such node.
  std::int64_t find_node(const NodeName& name);

  // Of every version of the definitions with these names; reads the table, since another node may have added a version.
  std::vector<std::int64_t> numbers_of_definitions(const std::vector<std::string>& names);

  const NodeName& node(std::int64_t number);
  const DefinitionName& definition(std::int64_t number);

  // To be called after a rollback: rows that the transaction added or read may not exist.
  void forget();

 protected:
  static constexpr std::string_view select_nodes = "SELECT no, name FROM node";
  static constexpr std::string_view select_definitions = "SELECT no, name, version FROM definition";

  template <class Row>
  void cache_nodes(Row& row) {
    while (row.next()) {
      const std::int64_t number = row.integer();
      cache_node(number, row.text());
    }
  }
  template <class Row>
  void cache_definitions(Row& row) {
    while (row.next()) {
      const std::int64_t number = row.integer();
      const std::string_view name = row.text();
      cache_definition(number, name, row.integer());
    }
  }

 private:
  // Run select_nodes or select_definitions, and cache the rows.
  virtual void load_nodes() = 0;
  virtual void load_definitions() = 0;
  // Add a row, unless there is one.
  virtual void add_node(const NodeName& name) = 0;
  virtual void add_definition(std::string_view name, int version) = 0;

  void cache_node(std::int64_t number, std::string_view name);
  void cache_definition(std::int64_t number, std::string_view name, std::int64_t version);
  std::int64_t find_definition(std::string_view name, int version) const;

  std::unordered_map<std::string, std::int64_t> node_numbers_;
  std::unordered_map<std::int64_t, NodeName> node_names_;
  std::unordered_map<std::int64_t, DefinitionName> definitions_;
};

}  // namespace sagactl::sql

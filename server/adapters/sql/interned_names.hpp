// Tables refer to nodes and saga definitions by numbers. This caches the numbers that one connection has read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/saga/event.hpp"
#include "server/saga/saga.hpp"

namespace sagactl::sql {

struct DefinitionName {
  std::string name;
  int version = 1;
  bool is_published = false;  // by a user: the table has its text
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
  // Of the saga's. Fails as a `bug` when it is a user's, and neither published nor inline.
  std::int64_t number_of_definition(const Saga& saga);

  // 0: there is no such node.
  std::int64_t find_node(const NodeName& name);

  // Of the definitions with these names (empty: any) and that version (none: every one); reads the table, since another
  // node may have added a version.
  std::vector<std::int64_t> numbers_of_definitions(const std::vector<std::string>& names,
                                                   std::optional<int> version = std::nullopt);
  std::vector<std::string> names_of_definitions();  // each once; reads the table

  const NodeName& node(std::int64_t number);
  const DefinitionName& definition(std::int64_t number);
  // The definition that a user has published, compiled once. Null: that number is not of one, or only a newer build can
  // run it.
  DefinitionPointer published(std::int64_t number);
  // The same of the text of an inline definition, for those that are read several times in a short time.
  DefinitionPointer inline_definition(std::string_view text);

  // To be called after a rollback: rows that the transaction added or read may not exist.
  void forget();

 protected:
  static constexpr std::string_view select_nodes = "SELECT no, name FROM node";
  static constexpr std::string_view select_definitions = "SELECT no, name, version, text IS NOT NULL FROM definition";

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
      const std::int64_t version = row.integer();
      cache_definition(number, name, version, row.integer() != 0);
    }
  }

 private:
  // Run select_nodes or select_definitions, and cache the rows.
  virtual void load_nodes() = 0;
  virtual void load_definitions() = 0;
  // Add a row, unless there is one.
  virtual void add_node(const NodeName& name) = 0;
  virtual void add_definition(std::string_view name, int version) = 0;
  // The column `text` of that definition.
  virtual std::string load_definition_text(std::int64_t number) = 0;

  void cache_node(std::int64_t number, std::string_view name);
  void cache_definition(std::int64_t number, std::string_view name, std::int64_t version, bool is_published);
  std::int64_t find_definition(std::string_view name, int version) const;

  std::unordered_map<std::string, std::int64_t> node_numbers_;
  std::unordered_map<std::int64_t, NodeName> node_names_;
  std::unordered_map<std::int64_t, DefinitionName> definitions_;
  std::unordered_map<std::int64_t, DefinitionPointer> published_;
  std::unordered_map<std::string_view, DefinitionPointer> inline_;  // by their own texts
};

}  // namespace sagactl::sql

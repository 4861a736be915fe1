// Reads a TOML file member by member. Mistakes have the line and the wrong or unknown member.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "common/result.hpp"

namespace sagactl {

// The table of a file. `invalid` when the file cannot be read or parsed.
Result<toml::table> read_toml_table(const std::filesystem::path& path, const std::string& name);

// The text of a value that is neither a list nor a table: "true", "3", "0.5".
std::string toml_text(const toml::node& node);

// The texts of a list's elements, or the text of a single value.
std::vector<std::string> toml_texts(const toml::node& node);

// The members of a table as they stand in the file; the table itself has them by name.
std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table);

// A mistake in a file.
struct TomlFault {
  toml::source_position at;  // line 0: of the whole file
  std::string what;
  const toml::table* unknown_in = nullptr;  // the table that has a member of an unknown name; null: another mistake
};

// `invalid` with each on a line of its own, "FILE:7:12: what", from the first line to the last; of more than 20 with
// the first 20 and the number of the others.
Error toml_error(const std::string& file, std::vector<TomlFault> faults);

// Each function sets `value` when the table has the member, and leaves it unchanged when not. All mistakes are kept.
class TomlMembers {
 public:
  explicit TomlMembers(const toml::table& table, std::string path = {}) : table_(table), path_(std::move(path)) {}

  bool has(const char* name) const { return table_.contains(name); }
  void text(const char* name, std::string& value);
  void flag(const char* name, bool& value);
  void number(const char* name, std::optional<std::int64_t>& value);
  void texts(const char* name, std::vector<std::string>& values);  // a single value, or a list
  // Like texts(), but elements may be tables: `read` is called with the members of each.
  template <class Read>
  void texts_or_tables(const char* name, std::vector<std::string>& values, Read read) {
    const toml::node* node = find(name);
    if (!node) return;
    const toml::array* list = node->as_array();
    const auto one = [&](const toml::node& element) {
      if (element.is_table()) return one_table(name, element, read);
      if (element.is_array()) return wrong(element, name, "must be a string, a table or a list of them");
      values.push_back(toml_text(element));
    };
    if (!list) return one(*node);
    for (const toml::node& element : *list) one(element);
  }
  // {a = "b"}, in the order of the file.
  void pairs(const char* name, std::vector<std::pair<std::string, std::string>>& values);
  // Of a table whose members have names of their own, in the order of the file: calls `read` with each name and either
  // the members of its table or its text.
  template <class Read>
  void named(const char* name, Read read) {
    const toml::node* node = find(name);
    if (!node) return;
    const toml::table* table = node->as_table();
    if (!table) return wrong(*node, name, "must be a table");
    for (const auto& [key, value] : in_order(*table)) {
      const toml::table* inner = value->as_table();
      if (!inner) {
        read(key, nullptr, toml_text(*value));
        continue;
      }
      TomlMembers members(*inner, path_ + name + "." + key + ".");
      read(key, &members, {});
      take_faults(members);
    }
  }
  // Calls `read` with the members of each table of a list, or of the single table.
  template <class Read>
  void tables(const char* name, Read read) {
    const toml::node* node = find(name);
    if (!node) return;
    if (const toml::array* list = node->as_array()) {
      for (const toml::node& element : *list) one_table(name, element, read);
    } else {
      one_table(name, *node, read);
    }
  }

  // The same where there may be only one.
  template <class Read>
  void table(const char* name, Read read) {
    const toml::node* node = find(name);
    if (!node) return;
    const toml::array* list = node->as_array();
    if (list && list->size() > 1) return wrong((*list)[1], name, "is there twice: which one counts?");
    tables(name, read);
  }

  // Null: there is no such member.
  const toml::node* node(const char* name) { return find(name); }

  void fail(const char* name, const std::string& what);
  // A mistake in a part of the member.
  void wrong(const toml::node& node, const char* name, const std::string& what);
  // A mistake at the place `offset` in a text, whose lines are lines of the file.
  void wrong_in_text(const toml::value<std::string>& text, const char* name, std::size_t offset,
                     const std::string& what);
  // All mistakes, also the members that were not read.
  std::vector<TomlFault> faults() const;

 private:
  const toml::node* find(const char* name);
  template <class Read>
  void one_table(const char* name, const toml::node& node, Read read) {
    const toml::table* table = node.as_table();
    if (!table) return wrong(node, name, "must be a table");
    TomlMembers members(*table, path_ + name + ".");
    read(members);
    take_faults(members);
  }
  void take_faults(const TomlMembers& members);

  const toml::table& table_;
  std::string path_;
  std::set<std::string> known_;
  std::vector<TomlFault> faults_;
  std::vector<TomlFault> missing_;  // about missing members
};

}  // namespace sagactl

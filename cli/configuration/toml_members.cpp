#include "cli/configuration/toml_members.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "common/text/text.hpp"

namespace sagactl {

namespace {

constexpr std::size_t faults_shown_max = 20;

// "shop.toml:3:7: what"
std::string line_of_fault(const std::string& file, const toml::source_position& at, const std::string& what) {
  if (at.line == 0) return fmt::format("{}: {}", file, what);
  return fmt::format("{}:{}:{}: {}", file, at.line, at.column, what);
}

// The parser's "Error while parsing table header: expected ']', saw '\n'", without the characters that cannot be seen.
std::string reason_of(const toml::parse_error& error) {
  std::string text(error.description());
  constexpr std::string_view prefix = "Error while parsing ";
  if (text.starts_with(prefix)) {
    const bool vowel = std::string_view("aeiou").find(text[prefix.size()]) != std::string_view::npos;
    text = (vowel ? "in an " : "in a ") + text.substr(prefix.size());
  }
  replace_all(text, "encountered end-of-file", "the file ends");
  replace_all(text, "'\\n'", "the end of the line");
  replace_all(text, "are explicitly prohibited", "are not allowed");
  return text;
}

std::string line_of(std::istream& file, toml::source_index number) {
  file.clear();
  file.seekg(0);
  std::string line;
  for (toml::source_index read = 0; read < number && std::getline(file, line);) ++read;
  return std::string(trim(line));
}

}  // namespace

Result<toml::table> read_toml_table(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::invalid, "cannot read " + name + ": " + std::strerror(errno)};
  try {
    return toml::table(toml::parse(file, name));
  } catch (const toml::parse_error& error) {
    const toml::source_region& where = error.source();
    const std::string line = line_of(file, where.begin.line);
    return Error{ErrorCode::invalid,
                 line_of_fault(name, where.begin,
                               reason_of(error) + (line.empty() ? "" : fmt::format(", in the line: {}", line)))};
  }
}

std::vector<std::string> toml_texts(const toml::node& node) {
  const toml::array* list = node.as_array();
  if (!list) return {toml_text(node)};
  std::vector<std::string> texts;
  for (const toml::node& element : *list) texts.push_back(toml_text(element));
  return texts;
}

std::string toml_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  std::ostringstream out;
  if (const auto* flag = node.as_boolean()) out << (flag->get() ? "true" : "false");
  if (const auto* number = node.as_integer()) out << number->get();
  if (const auto* number = node.as_floating_point()) out << number->get();
  return out.str();
}

Error toml_error(const std::string& file, std::vector<TomlFault> faults) {
  std::stable_sort(faults.begin(), faults.end(),
                   [](const TomlFault& left, const TomlFault& right) { return left.at < right.at; });
  std::vector<std::string> lines;
  std::set<std::string> seen;
  for (const TomlFault& fault : faults) {
    std::string line = line_of_fault(file, fault.at, fault.what);
    if (seen.insert(line).second) lines.push_back(std::move(line));
  }
  if (lines.size() > faults_shown_max) {
    const std::size_t others = lines.size() - faults_shown_max;
    lines.resize(faults_shown_max);
    lines.push_back(fmt::format("and {} more", others));
  }
  return {ErrorCode::invalid, join(lines, "\n")};
}

const toml::node* TomlMembers::find(const char* name) {
  known_.insert(name);
  return table_.get(name);
}

void TomlMembers::wrong(const toml::node& node, const char* name, const std::string& what) {
  faults_.push_back({node.source().begin, fmt::format("{}{} {}", path_, name, what)});
}

// A text over several lines begins after its quotes, or on the next line when a line end follows them.
void TomlMembers::wrong_in_text(const toml::value<std::string>& text, const char* name, std::size_t offset,
                                const std::string& what) {
  const toml::source_region& source = text.source();
  const std::string& value = text.get();
  const std::size_t before = std::min(offset, value.size());
  const auto lines = static_cast<toml::source_index>(std::count(value.begin(), value.end(), '\n'));
  const auto lines_before = static_cast<toml::source_index>(
      std::count(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(before), '\n'));
  const bool begins_below = source.end.line - source.begin.line > lines;
  toml::source_position place = source.begin;
  place.line += lines_before + begins_below;
  const std::size_t line_start = value.rfind('\n', before == 0 ? 0 : before - 1);
  if (lines_before > 0 || begins_below)
    place.column = static_cast<toml::source_index>(before - (lines_before > 0 ? line_start + 1 : 0) + 1);
  else
    place.column += static_cast<toml::source_index>((lines > 0 ? 3 : 1) + before);
  faults_.push_back({place, fmt::format("{}{} {}", path_, name, what)});
}

void TomlMembers::fail(const char* name, const std::string& what) {
  if (const toml::node* node = find(name)) return wrong(*node, name, what);
  missing_.push_back({table_.source().begin, fmt::format("{}{} {}", path_, name, what)});
}

void TomlMembers::text(const char* name, std::string& value) {
  const toml::node* node = find(name);
  if (!node) return;
  if (!node->is_string()) return wrong(*node, name, "must be a string");
  value = node->as_string()->get();
}

void TomlMembers::flag(const char* name, bool& value) {
  const toml::node* node = find(name);
  if (!node) return;
  if (!node->is_boolean()) return wrong(*node, name, "must be true or false");
  value = node->as_boolean()->get();
}

void TomlMembers::number(const char* name, std::optional<std::int64_t>& value) {
  const toml::node* node = find(name);
  if (!node) return;
  if (!node->is_integer()) return wrong(*node, name, "must be a whole number");
  value = node->as_integer()->get();
}

void TomlMembers::texts(const char* name, std::vector<std::string>& values) {
  const toml::node* node = find(name);
  if (!node) return;
  values.clear();
  const toml::array* list = node->as_array();
  if (!list) {
    if (node->is_table()) return wrong(*node, name, "must be a string or a list of strings");
    values.push_back(toml_text(*node));
    return;
  }
  for (const toml::node& element : *list) {
    if (element.is_table() || element.is_array()) return wrong(element, name, "must be a list of strings");
    values.push_back(toml_text(element));
  }
}

std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> members;
  for (const auto& [key, value] : table) members.emplace_back(std::string(key.str()), &value);
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
    const toml::source_position left = a.second->source().begin, right = b.second->source().begin;
    return left < right;
  });
  return members;
}

void TomlMembers::pairs(const char* name, std::vector<std::pair<std::string, std::string>>& values) {
  const toml::node* node = find(name);
  if (!node) return;
  const toml::table* table = node->as_table();
  if (!table) return wrong(*node, name, "must be a table of strings");
  values.clear();
  for (const auto& [key, value] : in_order(*table)) {
    if (value->is_table() || value->is_array()) return wrong(*value, name, "must be a table of strings");
    values.emplace_back(key, toml_text(*value));
  }
}

void TomlMembers::take_faults(const TomlMembers& members) {
  for (TomlFault& fault : members.faults()) faults_.push_back(std::move(fault));
}

std::vector<TomlFault> TomlMembers::faults() const {
  std::vector<TomlFault> all = faults_;
  bool is_any_unknown = false;
  for (const auto& [name, value] : in_order(table_)) {
    if (known_.contains(name)) continue;
    is_any_unknown = true;
    const std::string near = nearest(name, std::vector<std::string>(known_.begin(), known_.end()));
    all.push_back({value->source().begin,
                   fmt::format("'{}{}' is not a known member{}", path_, name,
                               near.empty() ? "" : fmt::format("; did you mean '{}{}'?", path_, near)),
                   &table_});
  }
  // A missing member may exist under a misspelt name.
  if (!is_any_unknown) all.insert(all.end(), missing_.begin(), missing_.end());
  return all;
}

}  // namespace sagactl

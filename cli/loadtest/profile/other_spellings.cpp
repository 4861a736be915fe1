#include "cli/loadtest/profile/other_spellings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/text/text.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {
namespace {

// ${word}, #{word}, {{word}}, {word}
struct BracedWord {
  std::size_t begin = 0, end = 0;
  std::string_view word;  // without spaces around it
  char mark = 0;          // $ or # before the brace; 0: none
  bool is_doubled = false;
};

std::optional<BracedWord> braced_word_at(std::string_view text, std::size_t brace) {
  BracedWord found;
  found.mark = brace > 0 && (text[brace - 1] == '$' || text[brace - 1] == '#') ? text[brace - 1] : '\0';
  found.begin = found.mark == 0 ? brace : brace - 1;
  found.is_doubled = text.substr(brace).starts_with("{{");
  const std::size_t inner = brace + (found.is_doubled ? 2 : 1);
  const std::size_t close = text.find_first_of("{}\"'\n", inner);
  if (close == std::string_view::npos || !text.substr(close).starts_with(found.is_doubled ? "}}" : "}"))
    return std::nullopt;
  found.end = close + (found.is_doubled ? 2 : 1);
  found.word = trim(text.substr(inner, close - inner));
  if (found.word.empty() || found.word.find(' ') != std::string_view::npos) return std::nullopt;
  return found;
}

bool is_identifier(std::string_view word) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !word.empty() && is_letter(word.front()) &&
         std::all_of(word.begin(), word.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// The variable of "env.NAME", "process.env.NAME", "__ENV.NAME" ...; "" for other words.
std::string_view environment_variable_of(std::string_view word) {
  constexpr std::array<std::string_view, 7> prefixes = {
      "process.env.", "__ENV.", "env.", "$env.", "env:", "ENV.", "$processEnvironment."};
  for (const std::string_view prefix : prefixes)
    if (word.starts_with(prefix) && is_identifier(word.substr(prefix.size()))) return word.substr(prefix.size());
  return {};
}

// The field for what other programs generate; "" for other words.
std::string_view generated_by(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> generators[] = {
      {"$guid", "{uuid}"},          {"$randomUUID", "{uuid}"},        {"$uuid", "{uuid}"},
      {"__UUID", "{uuid}"},         {"__UUID()", "{uuid}"},           {"uuid()", "{uuid}"},
      {"$timestamp", "{now:unix}"}, {"$isoTimestamp", "{now:iso}"},   {"__time()", "{now:ms}"},
      {"__time", "{now:ms}"},       {"$randomInt", "{random:0-1000}"}};
  for (const auto& [theirs, ours] : generators)
    if (word == theirs) return ours;
  return {};
}

bool is_field(std::string_view word) {
  const auto pieces = parse_template(fmt::format("{{{}}}", word));
  return pieces && pieces->front().field != TemplateField::text;
}

// What is wrong with it; "": nothing.
std::string remark_on(const BracedWord& found, std::string_view spelt) {
  const auto sent_as_it_stands = [&](std::string_view what) {
    return fmt::format("'{}' is sent as it stands: write {}", spelt, what);
  };
  if (const std::string_view variable = environment_variable_of(found.word); !variable.empty()) {
    if (!found.is_doubled && found.mark == 0 && found.word.starts_with("env:")) return {};
    return fmt::format("'{}' is not how a variable is named here: write {{env:{}}}", spelt, variable);
  }
  if (!found.is_doubled && found.mark == 0) return {};
  if (const std::string_view field = generated_by(found.word); !field.empty()) return sent_as_it_stands(field);
  if (is_field(found.word)) {
    // An amount of dollars, or the members of an object.
    constexpr std::array<std::string_view, 4> may_follow = {"price", "cents", "quantity", "items"};
    if (std::find(may_follow.begin(), may_follow.end(), found.word) != may_follow.end() &&
        (!found.is_doubled || found.word == "items"))
      return {};
    return fmt::format("'{}' is sent with its {}: write {{{}}}", spelt,
                       found.is_doubled ? "outer braces" : std::string(1, found.mark), found.word);
  }
  if (check_field_name(found.word)) return {};  // a field of the profile's own, or an error that says so
  const std::string_view name = found.word.substr(0, found.word.find(':'));  // ${NAME:-default}
  if (found.mark == '$' && is_identifier(name))
    return sent_as_it_stands(fmt::format("{{env:{}}} for the variable of the environment", name));
  if (found.is_doubled || is_identifier(name))
    return sent_as_it_stands(
        "{env:NAME} for a variable of the environment, or {name}, in letters only, for a field of "
        "the profile's own");
  return {};
}

// Members of a profile whose texts are templates. What is not in them, such as patterns and commands, may have such
// texts for others to read.
constexpr std::array<std::string_view, 9> template_tables = {"create",    "before",    "after",  "log_in", "set_up",
                                                             "tear_down", "test_data", "status", "fail"};
constexpr std::array<std::string_view, 4> no_templates = {"keep", "until", "name", "branch"};

template <class List>
bool is_in_list(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void add_texts(const toml::node& node, const std::string& member, std::vector<TomlFault>& found) {
  if (const auto* text = node.as_string()) {
    for (const std::string& remark : other_spellings(text->get()))
      found.push_back({node.source().begin, fmt::format("{}: {}", member, remark)});
  } else if (const auto* list = node.as_array()) {
    for (const toml::node& element : *list) add_texts(element, member, found);
  } else if (const auto* table = node.as_table()) {
    for (const auto& [name, value] : in_order(*table))
      if (!is_in_list(no_templates, name)) add_texts(*value, fmt::format("{}.{}", member, name), found);
  }
}

}  // namespace

std::vector<std::string> other_spellings(std::string_view text) {
  std::vector<std::string> remarks;
  for (std::size_t brace = text.find('{'); brace != std::string_view::npos; brace = text.find('{', brace)) {
    const auto found = braced_word_at(text, brace);
    if (!found) {
      ++brace;
      continue;
    }
    const std::string remark = remark_on(*found, text.substr(found->begin, found->end - found->begin));
    if (!remark.empty() && !is_in_list(remarks, remark)) remarks.push_back(remark);
    brace = found->end;
  }
  return remarks;
}

std::vector<TomlFault> other_spellings(const toml::table& profile) {
  std::vector<TomlFault> found;
  for (const auto& [name, value] : in_order(profile))
    if (is_in_list(template_tables, name)) add_texts(*value, name, found);
  return found;
}

}  // namespace sagactl

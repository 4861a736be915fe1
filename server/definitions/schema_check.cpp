// What is wrong with a schema itself.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/text/text.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/definitions/members.hpp"
#include "server/definitions/schema_keywords.hpp"

namespace sagactl {
namespace {

constexpr std::size_t way_max = 100;  // schemas that are about the same value, each within or behind the one before

const SchemaKeyword* find_keyword(std::string_view name) {
  const auto found = std::find_if(schema_keywords.begin(), schema_keywords.end(),
                                  [&](const SchemaKeyword& it) { return it.name == name; });
  return found == schema_keywords.end() ? nullptr : &*found;
}

bool is_count(const Json& value) {
  return value.is_number_unsigned();
}

bool are_names(const Json& value) {
  if (!value.is_array()) return false;
  std::set<std::string> seen;
  return std::all_of(value.begin(), value.end(),
                     [&](const Json& name) { return name.is_string() && seen.insert(name.get<std::string>()).second; });
}

// Why a keyword is not checked here, for those that people may expect.
std::string reason_of(std::string_view keyword) {
  if (keyword == "pattern" || keyword == "patternProperties")
    return "patterns are left to the participant: a pattern can take any time";
  if (keyword == "definitions") return "in 2020-12 it is called `$defs`";
  if (keyword == "dependencies") return "in 2020-12 it is called `dependentRequired`";
  if (keyword == "additionalItems") return "in 2020-12 it is called `items`, after `prefixItems`";
  if (keyword == "$id" || keyword == "$anchor" || keyword == "$dynamicRef" || keyword == "$dynamicAnchor")
    return "a schema refers to its own parts by `$ref: \"#/$defs/...\"`";
  std::vector<std::string> names;
  for (const SchemaKeyword& it : schema_keywords) names.emplace_back(it.name);
  const std::string near = nearest(keyword, names);
  return near.empty() ? "docs/definitions.md lists those that are" : fmt::format("did you mean `{}`?", near);
}

class SchemaChecker {
 public:
  explicit SchemaChecker(const Json& root) : root_(root) {}

  std::vector<SchemaProblem> check() {
    schema(root_, "");
    if (problems_.empty()) find_circle();
    return std::move(problems_);
  }

 private:
  void wrong(const std::string& path, std::string message, std::string hint = {}) {
    problems_.push_back({path, std::move(message), std::move(hint)});
  }

  void schema(const Json& json, const std::string& path) {
    if (json.is_boolean()) return;
    if (!json.is_object()) return wrong(path, "a schema has to be an object or a truth value");
    schemas_.emplace_back(path, &json);
    for (const auto& [name, value] : json.items()) {
      if (problems_.size() > problems_max) return;
      const SchemaKeyword* keyword = find_keyword(name);
      if (!keyword)
        wrong(below(path, name), fmt::format("the keyword `{}` is not checked here", name), reason_of(name));
      else
        keyword_value(*keyword, value, below(path, name));
    }
  }

  void keyword_value(const SchemaKeyword& keyword, const Json& value, const std::string& path) {
    const auto need = [&](bool is_right, std::string_view what) {
      if (!is_right) wrong(path, fmt::format("`{}` has to be {}", keyword.name, what));
    };
    switch (keyword.value) {
      case KeywordValue::anything:
        return;
      case KeywordValue::text:
        need(value.is_string(), "a text");
        if (keyword.name == "$schema" && value.is_string()) dialect(value.get<std::string>(), path);
        return;
      case KeywordValue::truth:
        return need(value.is_boolean(), "a truth value");
      case KeywordValue::type:
        return type(value, path);
      case KeywordValue::names:
        return need(are_names(value), "a list of different texts");
      case KeywordValue::number:
        return need(value.is_number(), "a number");
      case KeywordValue::positive:
        return need(value.is_number() && value.get<double>() > 0, "a number above 0");
      case KeywordValue::count:
        return need(is_count(value), "a whole number from 0 on");
      case KeywordValue::list:
        return need(value.is_array(), "a list");
      case KeywordValue::format:
        return format(value, path);
      case KeywordValue::reference:
        return reference(value, path);
      case KeywordValue::schema:
        return schema(value, path);
      case KeywordValue::schemas:
        need(value.is_array() && !value.empty(), "a list of at least one schema");
        if (value.is_array())
          for (std::size_t i = 0; i < value.size(); ++i) schema(value[i], path + "/" + std::to_string(i));
        return;
      case KeywordValue::named_schemas:
        need(value.is_object(), "an object of schemas");
        if (value.is_object())
          for (const auto& [name, each] : value.items()) schema(each, below(path, name));
        return;
      case KeywordValue::named_names:
        return need(value.is_object() && std::all_of(value.begin(), value.end(), are_names),
                    "an object of lists of texts");
    }
  }

  void dialect(const std::string& uri, const std::string& path) {
    if (uri != "https://json-schema.org/draft/2020-12/schema" && uri != "https://json-schema.org/draft/2020-12/schema#")
      wrong(path, fmt::format("`{}` is another version of JSON Schema", uri),
            "write https://json-schema.org/draft/2020-12/schema, or leave `$schema` out");
  }

  void type(const Json& value, const std::string& path) {
    const auto one = [&](const Json& each, const std::string& where) {
      const bool is_known = each.is_string() && std::find(schema_types.begin(), schema_types.end(),
                                                          each.get_ref<const std::string&>()) != schema_types.end();
      if (is_known) return;
      const std::vector<std::string> names(schema_types.begin(), schema_types.end());
      wrong(where, fmt::format("{} is no type", json_text(each)),
            each.is_string() ? hint_of_names(each.get<std::string>(), names) : "types are " + quoted_names(names));
    };
    if (!value.is_array()) return one(value, path);
    for (std::size_t i = 0; i < value.size(); ++i) one(value[i], path + "/" + std::to_string(i));
    if (value.empty()) wrong(path, "`type` is an empty list");
  }

  void format(const Json& value, const std::string& path) {
    const bool is_known = value.is_string() && std::find(schema_formats.begin(), schema_formats.end(),
                                                         value.get_ref<const std::string&>()) != schema_formats.end();
    if (!is_known)
      wrong(path, fmt::format("the format {} is not checked here", json_text(value)),
            "formats are " + quoted_names({schema_formats.begin(), schema_formats.end()}));
  }

  void reference(const Json& value, const std::string& path) {
    if (!value.is_string() || !value.get_ref<const std::string&>().starts_with('#'))
      return wrong(path, "`$ref` has to lead to a part of this schema; nothing is fetched",
                   "write it like \"#/$defs/guest\"");
    references_.emplace_back(path, value.get<std::string>());
  }

  // A reference has to lead to a schema, and no schema may refer back to itself for the same value.
  void find_circle() {
    std::map<std::string, const Json*> by_path(schemas_.begin(), schemas_.end());
    for (const auto& [path, target] : references_) {
      const std::string pointer = target.substr(1);
      if (by_path.contains(pointer)) continue;
      const Json* schema = find_pointer(root_, pointer);
      if (!schema || !schema->is_boolean()) wrong(path, fmt::format("there is no schema at {}", target));
    }
    if (!problems_.empty()) return;
    std::set<std::string> done;
    for (const auto& [path, json] : schemas_) {
      std::vector<std::string> way;
      if (leads_back(path, by_path, way, done))
        return wrong(way.back(), way.size() > way_max
                                     ? fmt::format("schemas refer to one another more than {} deep", way_max)
                                     : "the schema refers to itself for the same value, without an end");
    }
  }

  bool leads_back(const std::string& path, const std::map<std::string, const Json*>& by_path,
                  std::vector<std::string>& way, std::set<std::string>& done) const {
    if (done.contains(path)) return false;
    const bool is_on_way = std::find(way.begin(), way.end(), path) != way.end() || way.size() > way_max;
    way.push_back(path);
    if (is_on_way) return true;
    for (const std::string& next : same_place(path, by_path))
      if (by_path.contains(next) && leads_back(next, by_path, way, done)) return true;
    way.pop_back();
    done.insert(path);
    return false;
  }

  // The schemas that are about the same value as the one at `path`.
  static std::vector<std::string> same_place(const std::string& path,
                                             const std::map<std::string, const Json*>& by_path) {
    std::vector<std::string> out;
    for (const auto& [name, value] : by_path.at(path)->items()) {
      const SchemaKeyword* keyword = find_keyword(name);
      if (!keyword->is_same_place) continue;
      if (keyword->value == KeywordValue::reference)
        out.push_back(value.get<std::string>().substr(1));
      else if (keyword->value == KeywordValue::schema)
        out.push_back(below(path, name));
      else
        for (std::size_t i = 0; i < value.size(); ++i) out.push_back(below(path, name) + "/" + std::to_string(i));
    }
    return out;
  }

  const Json& root_;
  std::vector<SchemaProblem> problems_;
  std::vector<std::pair<std::string, const Json*>> schemas_;     // by their paths
  std::vector<std::pair<std::string, std::string>> references_;  // where it stands, where it leads
};

}  // namespace

std::vector<SchemaProblem> InputSchema::check(const Json& schema) {
  return SchemaChecker(schema).check();
}

}  // namespace sagactl

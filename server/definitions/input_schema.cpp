#include "server/definitions/input_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

// A number by which equal ones are equal, whatever their type: 1.0 as 1.
Json equal_number(const Json& json) {
  const double number = json.get<double>();
  if (number == std::floor(number) && std::abs(number) < 9.2e18) return static_cast<std::int64_t>(number);
  return json;
}

Json in_order_of_names(const Json& json, bool makes_numbers_equal) {
  if (json.is_object()) {
    std::vector<std::pair<std::string, Json>> members;
    for (const auto& [name, value] : json.items())
      members.emplace_back(name, in_order_of_names(value, makes_numbers_equal));
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Json out = Json::object();
    for (auto& [name, value] : members) out.push_back({std::move(name), std::move(value)});
    return out;
  }
  if (json.is_array()) {
    Json out = Json::array();
    for (const Json& item : json) out.push_back(in_order_of_names(item, makes_numbers_equal));
    return out;
  }
  return makes_numbers_equal && json.is_number_float() ? equal_number(json) : json;
}

// Whether more than `properties` and `required` decides about members at this level.
bool has_more_rules(const Json& schema) {
  return std::any_of(schema.items().begin(), schema.items().end(), [](const auto& item) {
    const std::string& name = item.key();
    return name == "$ref" || name == "allOf" || name == "anyOf" || name == "oneOf" || name == "if" || name == "not";
  });
}

}  // namespace

std::string equality_text(const Json& json) {
  return json_text(in_order_of_names(json, true));
}

Json sorted_by_name(const Json& json) {
  return in_order_of_names(json, false);
}

SchemaPath find_in_schema(const Json& schema, const std::vector<std::string>& members, std::size_t first) {
  SchemaPath out;
  const Json* at = &schema;
  for (std::size_t i = first; i < members.size(); ++i) {
    if (!at->is_object() || has_more_rules(*at)) return out;
    const auto type = at->find("type");
    if (type != at->end() && *type != Json("object")) return out;
    const auto required = at->find("required");
    if (required == at->end() || std::find(required->begin(), required->end(), Json(members[i])) == required->end())
      out.may_be_missing = true;
    const auto properties = at->find("properties");
    const bool is_listed = properties != at->end() && properties->contains(members[i]);
    if (!is_listed) {
      const auto additional = at->find("additionalProperties");
      if (properties != at->end() && additional != at->end() && *additional == Json(false)) {
        out.is_excluded = true;
        out.at = i;
        for (const auto& [name, value] : properties->items()) out.candidates.push_back(name);
      }
      return out;
    }
    at = &(*properties)[members[i]];
  }
  if (at->is_object() && !has_more_rules(*at))
    if (const auto type = at->find("type"); type != at->end() && type->is_string()) out.type = type->get<std::string>();
  return out;
}

std::shared_ptr<const InputSchema> InputSchemas::of(const DefinitionPointer& definition) {
  {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(definition.get());
    if (found != entries_.end() && found->second.definition.lock() == definition) return found->second.schema;
  }
  std::shared_ptr<const InputSchema> schema;
  const Json json = read_json(definition->text);
  if (json.is_object())
    if (const auto input = json.find("input"); input != json.end())
      schema = std::make_shared<const InputSchema>(*input);
  const std::unique_lock lock(mutex_);
  std::erase_if(entries_, [](const auto& entry) { return entry.second.definition.expired(); });
  entries_[definition.get()] = {definition, schema};
  return schema;
}

}  // namespace sagactl

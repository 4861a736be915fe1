#include "cli/loadtest/init/schema_examples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cli/loadtest/init/member_names.hpp"
#include "cli/loadtest/init/recorded_fields.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int references_max = 12;
constexpr std::size_t schema_depth_max = 12;
constexpr std::size_t schema_elements_max = 20;
constexpr std::size_t text_length_max = 4'096;
// Before a field that stands for a number, in a string: it is written without quotes.
constexpr char number_mark = '\x01';

// Of a schema that is left out: another one contains it.
Json left_out() {
  return Json(Json::value_t::discarded);
}

std::optional<double> number_in(const Json& schema, const char* name) {
  if (!schema.contains(name) || !schema[name].is_number()) return std::nullopt;
  return schema[name].get<double>();
}

// `exclusive` is a number since OpenAPI 3.1, and says so of `inclusive` before.
std::optional<double> bound_in(const Json& schema, const char* inclusive, const char* exclusive, double inwards) {
  if (const auto bound = number_in(schema, exclusive)) return *bound + inwards;
  const auto bound = number_in(schema, inclusive);
  const bool is_exclusive = schema.contains(exclusive) && schema[exclusive] == true;
  return bound && is_exclusive ? *bound + inwards : bound;
}

Json number_example(const Json& schema, bool is_integer) {
  const auto lowest = bound_in(schema, "minimum", "exclusiveMinimum", 1);
  const auto highest = bound_in(schema, "maximum", "exclusiveMaximum", -1);
  double value = 1;
  if (lowest && value < *lowest) value = *lowest;
  if (highest && value > *highest) value = *highest;
  if (const auto step = number_in(schema, "multipleOf"); step && *step > 0) value = std::ceil(value / *step) * *step;
  constexpr double exact_max = 9e15;
  const bool is_whole = std::abs(value) < exact_max && (is_integer || value == std::floor(value));
  if (is_whole) return static_cast<std::int64_t>(std::ceil(value));
  return value;
}

// "^orders$" allows nothing but its own text.
std::optional<std::string> text_of_pattern(std::string_view pattern) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (pattern.ends_with('$')) pattern.remove_suffix(1);
  const bool is_text = !pattern.empty() && pattern.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos;
  return is_text ? std::optional<std::string>(pattern) : std::nullopt;
}

std::size_t length_in(const Json& schema, const char* name, std::size_t otherwise) {
  const auto length = number_in(schema, name);
  if (!length || *length < 0) return otherwise;
  return static_cast<std::size_t>(std::min(*length, static_cast<double>(text_length_max)));
}

std::string text_example(const Json& schema) {
  const std::string format = schema.contains("format") && schema["format"].is_string() ? schema["format"] : Json("");
  if (format == "uuid") return "00000000-0000-4000-8000-000000000000";
  if (format == "date-time") return "2026-01-01T00:00:00Z";
  if (format == "date") return "2026-01-01";
  if (format == "email") return "buyer@example.com";
  if (format == "uri" || format == "url") return "http://shop.example/";
  if (schema.contains("pattern") && schema["pattern"].is_string())
    if (auto text = text_of_pattern(schema["pattern"].get<std::string>())) return *text;
  std::string text = "text";
  const std::size_t shortest = length_in(schema, "minLength", 0);
  while (text.size() < shortest) text += "text";
  text.resize(std::min(text.size(), std::max(shortest, length_in(schema, "maxLength", text_length_max))));
  return text;
}

bool is_null_type(const Json& schema) {
  return schema.is_object() && schema.contains("type") && schema["type"] == "null";
}

}  // namespace

const Json& SchemaExamples::resolved(const Json& json) const {
  const Json* found = &json;
  for (int steps = 0; steps < references_max && found->is_object() && found->contains("$ref"); ++steps) {
    const std::string reference = (*found)["$ref"].is_string() ? (*found)["$ref"].get<std::string>() : "";
    if (!reference.starts_with("#/")) break;
    const Json::json_pointer place(reference.substr(1));
    if (!document_.contains(place)) break;
    found = &document_[place];
  }
  return *found;
}

const Json& SchemaExamples::first_variant(const Json& any) const {
  const Json& schema = resolved(any);
  for (const char* name : {"oneOf", "anyOf"}) {
    if (!schema.is_object() || !schema.contains(name) || !schema[name].is_array()) continue;
    for (const Json& one : schema[name])
      if (!is_null_type(resolved(one))) return resolved(one);
  }
  return schema;
}

std::string SchemaExamples::text_in(const Json& any, const char* name) const {
  const Json& schema = resolved(any);
  return schema.is_object() && schema.contains(name) && schema[name].is_string() ? schema[name].get<std::string>() : "";
}

std::string SchemaExamples::type_of(const Json& any) const {
  const Json& schema = resolved(any);
  if (!schema.is_object() || !schema.contains("type")) return {};
  const Json& type = schema["type"];
  if (type.is_string()) return type;
  if (type.is_array())
    for (const Json& one : type)
      if (one.is_string() && one != "null") return one;
  return {};
}

Json SchemaExamples::of_request(const Json& schema, const std::string& name) const {
  return example(schema, {Use::request, name});
}

Json SchemaExamples::of_answer(const Json& schema) const {
  return example(schema, {Use::answer});
}

std::string SchemaExamples::template_text(const Json& request) {
  std::string text = json_text(request);
  for (const char* field : {"{quantity}", "{price}", "{cents}"})
    replace_all(text, fmt::format("\"\\u0001{}\"", field), field);
  return text;
}

std::string SchemaExamples::plain_text(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : json_text(value);
  if (text.starts_with(number_mark)) text.erase(0, 1);
  return text;
}

std::string SchemaExamples::form_text(const Json& request) {
  std::string text;
  if (!request.is_object()) return text;
  for (const auto& [name, value] : request.items()) {
    const std::string plain = plain_text(value);
    const bool is_field = plain.starts_with('{') && plain.ends_with('}');
    text +=
        fmt::format("{}{}={}", text.empty() ? "" : "&", percent_encode(name), is_field ? plain : percent_encode(plain));
  }
  return text;
}

// Braces of an example are no fields.
Json SchemaExamples::given_example(const Json& schema, Use use) const {
  const Json* given = nullptr;
  for (const char* name : {"example", "default", "const"})
    if (given == nullptr && schema.contains(name) && !schema[name].is_null()) given = &schema[name];
  for (const char* name : {"examples", "enum"})
    if (given == nullptr && schema.contains(name) && schema[name].is_array() && !schema[name].empty())
      given = &schema[name][0];
  if (given == nullptr) return left_out();
  return use == Use::request ? read_json(without_fields(json_text(*given))) : *given;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, to a limit
Json SchemaExamples::object_example(const Json& schema, const Place& place) const {
  Json object = Json::object();
  if (schema.contains("allOf") && schema["allOf"].is_array())
    for (const Json& part : schema["allOf"])
      if (const Json more = example(part, place); more.is_object()) object.update(more);
  if (!schema.contains("properties") || !schema["properties"].is_object()) return object;
  const bool names_required = schema.contains("required") && schema["required"].is_array();
  for (const auto& [name, property] : schema["properties"].items()) {
    const Json& inner = first_variant(property);
    if (!inner.is_object()) continue;
    Place within{place.use, name, place.within};
    if (place.use == Use::request) {
      if (inner.contains("readOnly") && inner["readOnly"] == true) continue;
      const auto& required = names_required ? schema["required"] : Json();
      const bool is_required = !names_required || std::find(required.begin(), required.end(), name) != required.end();
      const bool has_field = !field_of_member(name, type_of(inner), text_in(inner, "format")).empty();
      const bool has_example = !given_example(resolved(property), place.use).is_discarded() ||
                               text_of_pattern(text_in(inner, "pattern")).has_value();
      if (!is_required && !has_field && !has_example) continue;
    }
    if (Json value = example(property, within); !value.is_discarded()) object[name] = std::move(value);
  }
  return object;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, to a limit
Json SchemaExamples::array_example(const Json& schema, const Place& place) const {
  Json list = Json::array();
  if (!schema.contains("items")) return list;
  const Json element = example(schema["items"], place);
  const std::size_t count = std::clamp<std::size_t>(length_in(schema, "minItems", 1), 1, schema_elements_max);
  for (std::size_t i = 0; i < count && !element.is_discarded(); ++i) list.push_back(element);
  return list;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, to a limit
Json SchemaExamples::example(const Json& any, const Place& place) const {
  const Json& schema = resolved(any);
  if (!schema.is_object()) return nullptr;
  const bool is_open = std::find(place.within.begin(), place.within.end(), &schema) != place.within.end();
  if (is_open || place.within.size() > schema_depth_max) return left_out();
  Place within = place;
  within.within.push_back(&schema);
  if (Json given = given_example(schema, place.use); !given.is_discarded()) return given;
  const std::string type = type_of(schema);
  if (place.use == Use::request) {
    const std::string field = field_of_member(place.name, type, text_in(schema, "format"));
    if (!field.empty()) return type == "string" ? field : number_mark + field;
  }
  if (const Json& variant = first_variant(schema); &variant != &schema) return example(variant, within);
  if (Json object = object_example(schema, within); !object.empty()) return object;
  if (type == "array") return array_example(schema, within);
  if (type == "integer" || type == "number") return number_example(schema, type == "integer");
  if (type == "boolean") return true;
  if (type == "object") return Json::object();
  return text_example(schema);
}

}  // namespace sagactl

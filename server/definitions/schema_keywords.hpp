// The keywords of the part of JSON Schema that is checked here.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace sagactl {

// What stands behind a keyword.
enum class KeywordValue : std::uint8_t {
  anything,
  text,
  truth,
  type,      // the name of a type, or a list of them
  names,     // a list of different texts
  number,    // any number
  positive,  // a number above 0
  count,     // a whole number from 0 on
  list,      // any list
  format,
  reference,
  schema,
  schemas,        // a list of at least one schema
  named_schemas,  // an object of schemas
  named_names,    // an object of lists of names
};

struct SchemaKeyword {
  std::string_view name;
  KeywordValue value;
  bool is_same_place = false;  // its schemas are about the same value, not about a part of it
};

inline constexpr std::array<SchemaKeyword, 42> schema_keywords = {{
    {"$schema", KeywordValue::text},
    {"$comment", KeywordValue::text},
    {"$defs", KeywordValue::named_schemas},
    {"$ref", KeywordValue::reference, true},
    {"title", KeywordValue::text},
    {"description", KeywordValue::text},
    {"default", KeywordValue::anything},
    {"examples", KeywordValue::list},
    {"deprecated", KeywordValue::truth},
    {"readOnly", KeywordValue::truth},
    {"writeOnly", KeywordValue::truth},
    {"type", KeywordValue::type},
    {"enum", KeywordValue::list},
    {"const", KeywordValue::anything},
    {"properties", KeywordValue::named_schemas},
    {"required", KeywordValue::names},
    {"additionalProperties", KeywordValue::schema},
    {"propertyNames", KeywordValue::schema},
    {"dependentRequired", KeywordValue::named_names},
    {"minProperties", KeywordValue::count},
    {"maxProperties", KeywordValue::count},
    {"items", KeywordValue::schema},
    {"prefixItems", KeywordValue::schemas},
    {"contains", KeywordValue::schema},
    {"minItems", KeywordValue::count},
    {"maxItems", KeywordValue::count},
    {"uniqueItems", KeywordValue::truth},
    {"minLength", KeywordValue::count},
    {"maxLength", KeywordValue::count},
    {"format", KeywordValue::format},
    {"minimum", KeywordValue::number},
    {"maximum", KeywordValue::number},
    {"exclusiveMinimum", KeywordValue::number},
    {"exclusiveMaximum", KeywordValue::number},
    {"multipleOf", KeywordValue::positive},
    {"allOf", KeywordValue::schemas, true},
    {"anyOf", KeywordValue::schemas, true},
    {"oneOf", KeywordValue::schemas, true},
    {"not", KeywordValue::schema, true},
    {"if", KeywordValue::schema, true},
    {"then", KeywordValue::schema, true},
    {"else", KeywordValue::schema, true},
}};

inline constexpr std::array<std::string_view, 7> schema_types = {"object", "array",   "string", "integer",
                                                                 "number", "boolean", "null"};
inline constexpr std::array<std::string_view, 3> schema_formats = {"date", "date-time", "uuid"};

}  // namespace sagactl

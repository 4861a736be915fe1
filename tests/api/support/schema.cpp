#include "tests/api/support/schema.hpp"

#include <algorithm>

#include "common/id.hpp"
#include "common/time.hpp"

namespace sagactl::test {
namespace {

bool is_of(const std::string& type, const Json& value) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "null") return value.is_null();
  return value.type_name() == type;
}

class Holding {
 public:
  explicit Holding(const Json& document) : document_(document) {}

  void hold(const Json& schema, const Json& value, const std::string& path) {
    if (schema.contains("$ref")) {
      const std::string name = schema["$ref"].get<std::string>();
      hold(document_["components"]["schemas"][name.substr(name.rfind('/') + 1)], value, path);
      return;
    }
    if (schema.contains("allOf"))
      for (const Json& each : schema["allOf"]) hold(each, value, path);
    if (schema.contains("anyOf")) {
      const auto fits = [&](const Json& each) { return schema_faults(document_, each, value, path).empty(); };
      if (std::none_of(schema["anyOf"].begin(), schema["anyOf"].end(), fits)) fault(path, "is none of anyOf", value);
    }
    hold_type(schema, value, path);
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
      fault(path, "is not one of " + schema["enum"].dump(), value);
    if (value.is_string()) hold_text(schema, value.get<std::string>(), path);
    if (value.is_object()) hold_members(schema, value, path);
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        hold(schema["items"], value[i], path + "[" + std::to_string(i) + "]");
  }

  std::vector<std::string> faults;

 private:
  void fault(const std::string& path, const std::string& what, const Json& value) {
    faults.push_back(path + " " + what + ": " + value.dump().substr(0, 100));
  }

  void hold_type(const Json& schema, const Json& value, const std::string& path) {
    if (!schema.contains("type")) return;
    const Json& type = schema["type"];
    const bool fits = type.is_array()
                          ? std::any_of(type.begin(), type.end(), [&](const Json& each) { return is_of(each, value); })
                          : is_of(type, value);
    if (!fits) fault(path, "is not of type " + type.dump(), value);
  }

  void hold_text(const Json& schema, const std::string& text, const std::string& path) {
    const std::string format = schema.value("format", "");
    if (format == "uuid" && !Uuid::parse(text)) fault(path, "is no UUID", text);
    if (format == "date-time" && !parse_iso8601(text)) fault(path, "is no time", text);
  }

  void hold_members(const Json& schema, const Json& value, const std::string& path) {
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) fault(path, "lacks " + name.dump(), value);
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name))
        hold(properties[name], member, path + "." + name);
      else if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object())
        hold(schema["additionalProperties"], member, path + "." + name);
      else if (schema.contains("additionalProperties") && schema["additionalProperties"] == false)
        fault(path, "has an unknown member " + name, value);
    }
  }

  const Json& document_;
};

}  // namespace

std::vector<std::string> schema_faults(const Json& document, const Json& schema, const Json& value,
                                       const std::string& path) {
  Holding holding(document);
  holding.hold(schema, value, path);
  return std::move(holding.faults);
}

}  // namespace sagactl::test

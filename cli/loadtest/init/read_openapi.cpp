// The description of an API: OpenAPI 3.0 and 3.1, Swagger 2.0. Of all operations, the one that seems to create orders.
#include <fmt/format.h>

#include "cli/loadtest/init/draft.hpp"
#include "common/text/text.hpp"
#include "server/definitions/source.hpp"

namespace sagactl {
namespace {

constexpr int schema_depth_max = 12;

class OpenApiReader {
 public:
  explicit OpenApiReader(const Json& document) : document_(document) {}

  Result<Recording> read() {
    if (!document_.contains("paths") || !document_["paths"].is_object())
      return Error{ErrorCode::invalid, "this is not an OpenAPI description with paths"};
    Recording recording;
    recording.server = server();
    recording.are_alternatives = true;
    for (const auto& [path, item] : document_["paths"].items())
      if (item.is_object() && item.contains("post")) recording.requests.push_back(request_of(path, item["post"]));
    if (recording.requests.empty())
      return Error{ErrorCode::invalid, "no operation in it is a POST, so none that could create an order"};
    return recording;
  }

 private:
  std::string server() const {
    if (document_.contains("servers") && document_["servers"].is_array() && !document_["servers"].empty())
      return document_["servers"][0].value("url", "");
    if (!document_.contains("host") || !document_["host"].is_string()) return "";
    return "http://" + document_["host"].get<std::string>() + document_.value("basePath", "");
  }

  const Json& resolved(const Json& json) const {
    const Json* found = &json;
    for (int steps = 0; steps < schema_depth_max && found->is_object() && found->contains("$ref"); ++steps) {
      const std::string reference = (*found)["$ref"].is_string() ? (*found)["$ref"].get<std::string>() : "";
      if (!reference.starts_with("#/")) break;
      const Json::json_pointer place(reference.substr(1));
      if (!document_.contains(place)) break;
      found = &document_[place];
    }
    return *found;
  }

  RecordedRequest request_of(const std::string& path, const Json& operation) const {
    RecordedRequest request;
    request.name = operation.value("operationId", "");
    request.method = "POST";
    request.url = path;
    for (const auto& name : {"parameters"})
      if (operation.contains(name) && operation[name].is_array())
        for (const Json& it : operation[name]) take_parameter(resolved(it), request);
    const Json schema = body_schema(operation);
    if (!schema.is_null()) {
      request.body = json_text(example_of_schema(schema, 0));
      request.headers.emplace_back("Content-Type", "application/json");
    }
    take_answer(operation, request);
    return request;
  }

  void take_parameter(const Json& parameter, RecordedRequest& request) const {
    const std::string place = parameter.value("in", ""), name = parameter.value("name", "");
    const bool is_required = parameter.value("required", false);
    if (place == "header" && (is_required || lower(name).find("idempotency") != std::string::npos))
      request.headers.emplace_back(name, "value");
    if (place == "body" && parameter.contains("schema"))
      request.body = json_text(example_of_schema(parameter["schema"], 0));
  }

  Json body_schema(const Json& operation) const {
    if (!operation.contains("requestBody")) return nullptr;
    return content_schema(resolved(operation["requestBody"]));
  }

  static Json content_schema(const Json& holder) {
    if (!holder.is_object()) return nullptr;
    if (holder.contains("schema")) return holder["schema"];
    if (!holder.contains("content") || !holder["content"].is_object()) return nullptr;
    for (const auto& [type, media] : holder["content"].items()) {
      if (type.find("json") == std::string::npos || !media.is_object()) continue;
      if (media.contains("example")) return {{"example", media["example"]}};
      if (media.contains("schema")) return media["schema"];
    }
    return nullptr;
  }

  void take_answer(const Json& operation, RecordedRequest& request) const {
    if (!operation.contains("responses") || !operation["responses"].is_object()) return;
    for (const char* status : {"201", "202", "200"}) {
      if (!operation["responses"].contains(status)) continue;
      const Json& response = resolved(operation["responses"][status]);
      request.status = std::stoi(status);
      const Json schema = content_schema(response);
      if (!schema.is_null()) request.answer = example_of_schema(schema, 0);
      if (response.contains("headers") && response["headers"].is_object() && response["headers"].contains("Location"))
        request.location = "/";
      return;
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, to a limit
  Json example_of_schema(const Json& any, int depth) const {
    const Json& schema = resolved(any);
    if (!schema.is_object() || depth > schema_depth_max) return nullptr;
    for (const char* name : {"example", "default", "const"})
      if (schema.contains(name)) return schema[name];
    for (const char* name : {"examples", "enum"})
      if (schema.contains(name) && schema[name].is_array() && !schema[name].empty()) return schema[name][0];
    for (const char* name : {"oneOf", "anyOf"})
      if (schema.contains(name) && schema[name].is_array() && !schema[name].empty())
        return example_of_schema(schema[name][0], depth + 1);
    Json object = Json::object();
    if (schema.contains("allOf") && schema["allOf"].is_array())
      for (const Json& part : schema["allOf"])
        if (const Json more = example_of_schema(part, depth + 1); more.is_object()) object.update(more);
    if (schema.contains("properties") && schema["properties"].is_object())
      for (const auto& [name, property] : schema["properties"].items())
        if (!property.is_object() || !property.value("readOnly", false) || depth == 0)
          object[name] = example_of_schema(property, depth + 1);
    if (!object.empty()) return object;
    return example_of_type(schema, depth);
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, to a limit
  Json example_of_type(const Json& schema, int depth) const {
    const std::string type = schema.contains("type") && schema["type"].is_string() ? schema["type"] : Json("");
    if (type == "array")
      return Json::array({schema.contains("items") ? example_of_schema(schema["items"], depth + 1) : Json(nullptr)});
    if (type == "integer" || type == "number") return schema.value("minimum", Json(1));
    if (type == "boolean") return true;
    if (type == "object") return Json::object();
    const std::string format = schema.value("format", "");
    if (format == "uuid") return "00000000-0000-4000-8000-000000000000";
    if (format == "date-time") return "2026-01-01T00:00:00Z";
    if (format == "date") return "2026-01-01";
    if (format == "email") return "buyer@example.com";
    return "text";
  }

  const Json& document_;
};

}  // namespace

Result<Recording> read_openapi(std::string_view text) {
  Json document = read_json(text);
  if (document.is_discarded() || !document.is_object()) {
    std::vector<Problem> problems;
    const SourcePointer source = read_yaml(text, problems);
    if (!source) return Error{ErrorCode::invalid, "this is neither JSON nor YAML"};
    document = json_of(*source);
  }
  if (!document.is_object()) return Error{ErrorCode::invalid, "this is not an OpenAPI description"};
  return OpenApiReader(document).read();
}

}  // namespace sagactl

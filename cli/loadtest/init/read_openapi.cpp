// The description of an API: OpenAPI 3.0 and 3.1, Swagger 2.0. Of all operations, the one that seems to create orders.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/client/json_answer.hpp"
#include "cli/loadtest/init/draft.hpp"
#include "cli/loadtest/init/member_names.hpp"
#include "cli/loadtest/init/schema_examples.hpp"
#include "common/text/text.hpp"
#include "server/definitions/source.hpp"

namespace sagactl {
namespace {

constexpr int status_depth_max = 4;
constexpr std::string_view plain_json = "application/json";

// "http://host:1" of "http://host:1/v3/api-docs"; "" of a file.
std::string origin_of(const std::string& address) {
  const std::size_t scheme = address.find("://");
  return scheme == std::string::npos ? "" : address.substr(0, address.find('/', scheme + 3));
}

bool is_json_type(const std::string& type) {
  return type.find("json") != std::string::npos || type == "*/*";
}

class OpenApiReader {
 public:
  OpenApiReader(const Json& document, std::string origin)
      : document_(document), examples_(document), origin_(std::move(origin)), server_(server()) {}

  Result<Recording> read() {
    if (!json_member(document_, "paths").is_object())
      return Error{ErrorCode::invalid, "this is not an OpenAPI description with paths"};
    Recording recording;
    recording.server = server_;
    recording.are_alternatives = true;
    for (const auto& [path, item] : document_["paths"].items())
      if (item.is_object() && item.contains("post")) recording.requests.push_back(request_of(path, item));
    if (recording.requests.empty())
      return Error{ErrorCode::invalid, "no operation in it is a POST, so none that could create an order"};
    return recording;
  }

 private:
  // An address that is not complete is one on the server that the description comes from.
  std::string server() const {
    const Json& servers = json_member(document_, "servers");
    if (servers.is_array() && !servers.empty()) {
      std::string url = examples_.text_in(servers[0], "url");
      const Json& variables = json_member(servers[0], "variables");
      if (variables.is_object())
        for (const auto& [name, variable] : variables.items())
          replace_all(url, fmt::format("{{{}}}", name), examples_.text_in(variable, "default"));
      while (url.ends_with('/')) url.pop_back();
      return url.find("://") == std::string::npos ? origin_ + url : url;
    }
    const std::string host = examples_.text_in(document_, "host"), base = examples_.text_in(document_, "basePath");
    const std::string path = base == "/" ? "" : base;
    if (host.empty()) return origin_ + path;
    const Json& schemes = json_member(document_, "schemes");
    const bool only_tls = schemes.is_array() && schemes.size() == 1 && schemes[0] == "https";
    return fmt::format("{}://{}{}", only_tls ? "https" : "http", host, path);
  }

  RecordedRequest request_of(const std::string& path, const Json& item) const {
    const Json& operation = item["post"];
    RecordedRequest request;
    request.name = operation.value("operationId", "");
    request.method = "POST";
    request.url = path;
    request.has_fields = true;
    take_body(examples_.resolved(json_member(operation, "requestBody")), request);
    for (const Json* holder : {&item, &operation})
      if (const Json& list = json_member(*holder, "parameters"); list.is_array())
        for (const Json& it : list) take_parameter(operation, examples_.resolved(it), request);
    take_security(operation, request);
    take_answer(operation, request);
    take_status_page(path, request);
    return request;
  }

  // Of Swagger 2, a body is a parameter as well, and a schema of another one is the parameter itself.
  void take_parameter(const Json& operation, const Json& parameter, RecordedRequest& request) const {
    const std::string place = examples_.text_in(parameter, "in"), name = examples_.text_in(parameter, "name");
    const Json& schema = parameter.contains("schema") ? parameter["schema"] : parameter;
    const bool is_required = json_member(parameter, "required") == true;
    if (place == "body") {
      const Json& types =
          json_member(operation, "consumes").is_array() ? operation["consumes"] : json_member(document_, "consumes");
      const bool has_type = types.is_array() && !types.empty() && types[0].is_string();
      return set_body(has_type ? types[0].get<std::string>() : std::string(plain_json), schema, request);
    }
    const std::string value = value_of(parameter, schema, name);
    if (place == "header" && (is_required || is_key_member(name))) request.headers.emplace_back(name, value);
    if (place == "path" && !value.empty()) request.parameters.emplace_back(name, value);
    if (place == "query" && is_required)
      request.url += fmt::format("{}{}={}", request.url.find('?') == std::string::npos ? '?' : '&', name,
                                 value.empty() ? fmt::format("{{{}}}", name) : value);
  }

  // "" for one that only the author knows.
  std::string value_of(const Json& parameter, const Json& schema, const std::string& name) const {
    const Json& example = json_member(parameter, "example");
    const Json value = example.is_null() ? examples_.of_request(schema, name) : example;
    if (value == "text") return {};
    return SchemaExamples::plain_text(value);
  }

  void take_body(const Json& body, RecordedRequest& request) const {
    const Json& content = json_member(body, "content");
    if (!content.is_object()) return;
    for (const bool as_json : {true, false})
      for (const auto& [type, media] : content.items()) {
        const bool is_form = type == "application/x-www-form-urlencoded";
        if ((as_json ? !is_json_type(type) : !is_form) || !request.body.empty()) continue;
        const Json& example = json_member(media, "example");
        set_body(type, example.is_null() ? json_member(media, "schema") : Json{{"example", example}}, request);
      }
  }

  void set_body(const std::string& type, const Json& schema, RecordedRequest& request) const {
    if (schema.is_null()) return;
    const Json body = examples_.of_request(schema);
    request.body = is_json_type(type) ? SchemaExamples::template_text(body) : SchemaExamples::form_text(body);
    request.headers.emplace_back("Content-Type", type == "*/*" ? std::string(plain_json) : type);
  }

  // The first of the alternatives.
  void take_security(const Json& operation, RecordedRequest& request) const {
    const Json& all = operation.contains("security") ? operation["security"] : json_member(document_, "security");
    if (!all.is_array() || all.empty() || !all[0].is_object()) return;
    const Json& schemes = document_.contains("securityDefinitions")
                              ? document_["securityDefinitions"]
                              : json_member(json_member(document_, "components"), "securitySchemes");
    for (const auto& [name, scopes] : all[0].items())
      take_scheme(examples_.resolved(json_member(schemes, name)), request);
  }

  void take_scheme(const Json& scheme, RecordedRequest& request) const {
    const std::string type = examples_.text_in(scheme, "type");
    const bool is_basic = type == "basic" || (type == "http" && lower(examples_.text_in(scheme, "scheme")) == "basic");
    if (is_basic) {
      request.log_in.is_basic = true;
    } else if (type == "apiKey") {
      if (examples_.text_in(scheme, "in") == "header")
        request.headers.emplace_back(examples_.text_in(scheme, "name"), "");
    } else if (!take_token(scheme, request.log_in)) {
      request.headers.emplace_back("Authorization", "Bearer ");
    }
  }

  // Of OAuth 2.0, what needs no browser. "flow" is Swagger's.
  bool take_token(const Json& scheme, RecordedLogIn& log_in) const {
    constexpr std::array flows = {std::pair{"password", false}, std::pair{"clientCredentials", true},
                                  std::pair{"application", true}};
    const std::string only = examples_.text_in(scheme, "flow");
    for (const auto& [name, is_client] : flows) {
      const Json& flow = only == name ? scheme : json_member(json_member(scheme, "flows"), name);
      const auto path = path_here(examples_.text_in(flow, "tokenUrl"));
      if (!path) continue;
      log_in.token_path = *path;
      log_in.is_client = is_client;
      return true;
    }
    return false;
  }

  // Of an address at the server itself.
  std::optional<std::string> path_here(const std::string& address) const {
    if (address.empty()) return std::nullopt;
    if (address.find("://") == std::string::npos) return address.starts_with('/') ? address : "/" + address;
    if (server_.empty() || !address.starts_with(server_ + "/")) return std::nullopt;
    return address.substr(server_.size());
  }

  void take_answer(const Json& operation, RecordedRequest& request) const {
    const Json& responses = json_member(operation, "responses");
    for (const char* status : {"201", "202", "200"}) {
      const Json& response = examples_.resolved(json_member(responses, status));
      if (!response.is_object()) continue;
      request.status = std::stoi(status);
      const auto [type, schema] = answer_schema(response);
      if (!schema.is_null()) request.answer = examples_.of_answer(schema);
      if (!type.empty() && type != "*/*" && type.find(plain_json) == std::string::npos)
        request.headers.emplace_back("Accept", type);
      if (json_member(json_member(response, "headers"), "Location").is_object()) request.location = "/";
      return;
    }
  }

  static std::pair<std::string, Json> answer_schema(const Json& response) {
    if (response.contains("schema")) return {"", response["schema"]};
    const Json& content = json_member(response, "content");
    if (content.is_object())
      for (const auto& [type, media] : content.items())
        if (is_json_type(type) && media.is_object()) {
          if (media.contains("example")) return {type, Json{{"example", media["example"]}}};
          return {type, json_member(media, "schema")};
        }
    return {};
  }

  // GET /orders/{id}, for POST /orders.
  void take_status_page(const std::string& path, RecordedRequest& request) const {
    for (const auto& [other, item] : document_["paths"].items()) {
      const std::string rest = other.starts_with(path + "/") ? other.substr(path.size() + 1) : "";
      if (!rest.starts_with('{') || rest.find('}') != rest.size() - 1 || !item.is_object() || !item.contains("get"))
        continue;
      const Json& response = examples_.resolved(json_member(json_member(item["get"], "responses"), "200"));
      const auto [type, schema] = answer_schema(response);
      request.status_page.path = path + "/{order}";
      find_status(schema, "", 0, request.status_page);
      return;
    }
  }

  // The members of the first level come before those below.
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, to a limit
  bool find_status(const Json& any, const std::string& pointer, int depth, RecordedStatusPage& page) const {
    const Json& schema = examples_.first_variant(any);
    const Json& members = json_member(schema, "properties");
    if (depth > status_depth_max || !members.is_object()) return false;
    for (const char* name : {"status", "state"}) {
      const Json& found = examples_.first_variant(json_member(members, name));
      if (!found.is_object() || examples_.type_of(found) != "string") continue;
      page.pointer = fmt::format("{}/{}", pointer, name);
      if (const Json& values = json_member(found, "enum"); values.is_array())
        for (const Json& value : values)
          if (value.is_string()) page.values.push_back(value.get<std::string>());
      return true;
    }
    for (const auto& [name, inner] : members.items())
      if (find_status(inner, fmt::format("{}/{}", pointer, name), depth + 1, page)) return true;
    return false;
  }

  const Json& document_;
  const SchemaExamples examples_;
  const std::string origin_;
  const std::string server_;
};

}  // namespace

Result<Recording> read_openapi(std::string_view text, const std::string& address) {
  Json document = read_json(text);
  if (document.is_discarded() || !document.is_object()) {
    std::vector<Problem> problems;
    const SourcePointer source = read_yaml(text, problems);
    if (!source) return Error{ErrorCode::invalid, "this is neither JSON nor YAML"};
    document = json_of(*source);
  }
  if (!document.is_object()) return Error{ErrorCode::invalid, "this is not an OpenAPI description"};
  return OpenApiReader(document, origin_of(address)).read();
}

}  // namespace sagactl

#include "server/api/openapi.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/api/embedded_text.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {
namespace {

using http::Method;
using http::Route;
using http::RouteAccess;

Json problem_answer(std::string_view description) {
  return Json{{"description", description},
              {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

// Whether a path parameter must be the UUID of an order or a saga.
bool is_uuid(const Route& route, std::string_view name) {
  if (name == "orderId") return true;
  if (name == "id") return route.pattern.starts_with("/orders/") || route.pattern.starts_with("/sagas/");
  return name == "sagaId" && route.pattern.starts_with("/saga/");
}

bool has_parameter(const Json& parameters, std::string_view name, std::string_view in) {
  return std::any_of(parameters.begin(), parameters.end(), [&](const Json& parameter) {
    return parameter.value("name", "") == name && parameter.value("in", "") == in;
  });
}

// Adds the path parameters that the details do not describe.
void add_path_parameters(Json& parameters, const Route& route) {
  for (const std::string& segment : split(route.pattern, '/')) {
    const std::string name = http::parameter_name(segment);
    if (name.empty()) continue;
    if (has_parameter(parameters, name, "path")) continue;
    Json schema{{"type", "string"}};
    if (is_uuid(route, name)) schema["format"] = "uuid";
    parameters.push_back(Json{{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(schema)}});
  }
}

// As OpenAPI writes it, which knows no parameter for several segments.
std::string path_of(const Route& route) {
  std::string path = route.pattern;
  if (path.ends_with("...}")) path.erase(path.size() - 4, 3);
  return path;
}

// "get_sagas_status_status": unique because the method and the pattern are.
std::string operation_id(const Route& route) {
  std::string id = lower(http::to_string(route.method));
  for (const char c : path_of(route)) {
    if (c == '/' || c == '-')
      id += '_';
    else if (c != '{' && c != '}')
      id += c;
  }
  return id;
}

// Every JSON answer to a GET can be made conditional (If-None-Match).
void add_condition(Json& parameters, Json& responses, const Route& route) {
  if (route.method != Method::get || !responses.contains("200")) return;
  Json& read = responses["200"];
  if (!read.contains("content") || !read["content"].contains("application/json")) return;
  if (!has_parameter(parameters, "If-None-Match", "header"))
    parameters.push_back(Json{{"name", "If-None-Match"},
                              {"in", "header"},
                              {"required", false},
                              {"schema", {{"type", "string"}}},
                              {"description", "ETags that the client has; 304 when one of them is current"}});
  if (!read.contains("headers") || !read["headers"].contains("ETag"))
    read["headers"]["ETag"] = Json{{"schema", {{"type", "string"}}}, {"description", "For If-None-Match"}};
  if (!responses.contains("304"))
    responses["304"] = Json{{"description", "Not modified: an ETag in If-None-Match is current"}};
}

void add_refusals(Json& responses, const Route& route, bool has_body) {
  const auto add = [&](const char* status, std::string_view description) {
    if (!responses.contains(status)) responses[status] = problem_answer(description);
  };
  const bool needs_caller = route.access != RouteAccess::anyone && route.access != RouteAccess::loopback_only;
  if (needs_caller) add("401", "The token is missing or not valid");
  const bool is_open =
      route.access == RouteAccess::anyone || route.access == RouteAccess::user || route.access == RouteAccess::guest;
  if (!is_open) add("403", "The caller may not use this route");
  add("400", "The request is not valid");
  // Also a body that the route does not read.
  if (has_body || route.method != Method::get)
    add("413", fmt::format("The body is larger than {} kB", route.body_bytes_max ? route.body_bytes_max / 1024 : 100));
  if (has_body) add("415", "The body has a Content-Encoding");
  if (route.method == Method::put || route.method == Method::del)
    add("412", "The route does not support the condition that was sent; nothing was changed");
  add("429", "Too many requests");
  add("503", "A dependency is unavailable; nothing was changed");
}

Json operation(const Route& route, const Json& details) {
  Json parameters = Json::array();
  Json responses = Json::object();
  Json result{{"operationId", operation_id(route)}, {"summary", route.summary}, {"tags", Json::array({route.tag})}};
  const std::string key = fmt::format("{} {}", http::to_string(route.method), path_of(route));
  auto extra = details["operations"].find(key);
  if (extra != details["operations"].end() && extra->contains("sameAs"))
    extra = details["operations"].find((*extra)["sameAs"].get<std::string>());
  if (extra != details["operations"].end()) {
    if (extra->contains("parameters"))
      for (const Json& parameter : (*extra)["parameters"]) parameters.push_back(parameter);
    if (extra->contains("requestBody")) result["requestBody"] = (*extra)["requestBody"];
    if (extra->contains("responses")) responses = (*extra)["responses"];
  }
  if (responses.empty()) responses["200"] = Json{{"description", "OK"}};
  add_path_parameters(parameters, route);
  add_condition(parameters, responses, route);
  add_refusals(responses, route, result.contains("requestBody"));
  if (!parameters.empty()) result["parameters"] = std::move(parameters);
  result["responses"] = std::move(responses);
  if (route.access == RouteAccess::user || route.access == RouteAccess::merchant || route.access == RouteAccess::admin)
    result["security"] = Json::array({Json{{"bearer", Json::array()}}});
  if (route.access == RouteAccess::guest || route.access == RouteAccess::answerer)
    result["security"] = Json::array({Json{{"bearer", Json::array()}}, Json::object()});
  if (route.access == RouteAccess::anyone || route.access == RouteAccess::loopback_only)
    result["security"] = Json::array();
  if (route.access == RouteAccess::admin) result["description"] = "For admins and the operator credential.";
  if (route.access == RouteAccess::merchant)
    result["description"] = "For merchants, admins and the operator credential.";
  return result;
}

}  // namespace

Json openapi_details() {
  Json details = Json::parse(embedded_text("openapi.json"));
  details["tags"] = Json::array();
  details["operations"] = Json::object();
  for (const Surface& surface : surfaces) {
    const Json part = Json::parse(embedded_text(surface.openapi));
    if (part.contains("tags"))
      for (const Json& tag : part["tags"]) details["tags"].push_back(tag);
    if (part.contains("schemas")) details["components"]["schemas"].update(part["schemas"]);
    details["operations"].update(part["operations"]);
  }
  return details;
}

Json openapi_document(const http::Router& router, const Json& details) {
  Json paths = Json::object();
  for (const Route& route : router.routes())
    paths[path_of(route)][lower(http::to_string(route.method))] = operation(route, details);
  return Json{{"openapi", "3.1.0"},
              {"info", details["info"]},
              {"servers", Json::array({Json{{"url", "/"}, {"description", "Where this document was read"}}})},
              {"tags", details["tags"]},
              {"paths", std::move(paths)},
              {"components", details["components"]}};
}

}  // namespace sagactl::api

// What describes the API and the node for people and generators: the OpenAPI document and two pages.
#include "server/api/routes.hpp"
#include "server/api/embedded_text.hpp"
#include "server/api/openapi.hpp"
#include "server/api/route_group.hpp"
#include "server/http/accept.hpp"

namespace sagactl::api {
namespace {

bool wants_json(const Request& request) {
  const std::string_view accept = request.header("accept");
  const double json = http::accepted_weight(accept, "application/json").value_or(0);
  return json > 0 && json >= http::accepted_weight(accept, "text/html").value_or(0);
}

// A page for people; for programs, links.
Answer status_page(Context& context, Request& request) {
  const Json links{{"openapi", "/api-json"}, {"health", "/health"}, {"metrics", "/metrics"}};
  http::Response response =
      wants_json(request)
          ? http::json_response(200, Json{{"name", "sagactl"}, {"nodeId", context.options.node}, {"links", links}})
          : http::text_response(200, std::string(embedded_text("status.html")), http::media::html);
  response.headers.push_back({"Vary", "Accept"});
  return response;
}

Answer api_page(Context&, Request&) {
  return http::text_response(200, std::string(embedded_text("api.html")), http::media::html);
}

}  // namespace

void add_document_routes(http::Router& router, Context& context) {
  using http::Method;
  using http::RouteAccess;
  const RouteGroup documents{router, context, "documents", RouteAccess::anyone};
  documents.add(Method::get, "/", status_page, "Status of the node: a page, or links as JSON");
  // Made from the router at each request: by then it has the routes of all surfaces, these included.
  const auto document = [&router](Request&) -> Answer {
    return http::json_response(200, openapi_document(router, openapi_details()));
  };
  for (const char* path : {"/api-json", "/api/docs-json"})
    router.add({Method::get, path, RouteAccess::anyone, document, "The API as an OpenAPI 3.1 document", "documents"});
  for (const char* path : {"/api", "/api/docs"}) documents.add(Method::get, path, api_page, "The API, as a page");
}

}  // namespace sagactl::api

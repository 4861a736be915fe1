// What describes the API for people and generators: the OpenAPI document, and the same as a page.
#include "server/api/routes.hpp"
#include "server/api/openapi.hpp"
#include "server/api/pages/handlers.hpp"
#include "server/api/route_group.hpp"

namespace sagactl::api {
void add_document_routes(http::Router& router, Context& context) {
  using http::Method;
  using http::RouteAccess;
  const RouteGroup documents{router, context, "documents", RouteAccess::anyone};
  // Made from the router at each request: by then it has the routes of all surfaces, these included.
  const auto document = [&router](Request&) -> Answer {
    return http::json_response(200, openapi_document(router, openapi_details()));
  };
  for (const char* path : {"/api-json", "/api/docs-json"})
    router.add({Method::get, path, RouteAccess::anyone, document, "The API as an OpenAPI 3.1 document", "documents"});
  for (const char* path : {"/api", "/api/docs"}) documents.add(Method::get, path, get_api_page, "The API, as a page");
}

}  // namespace sagactl::api

// Users' own sagas: their definitions are published, listed and retired, and sagas are started.
#include "server/api/routes.hpp"
#include "server/api/definitions/handlers.hpp"

namespace sagactl::api {
namespace {

using http::Method;
using http::RouteAccess;

constexpr std::size_t definition_body_max = std::size_t{256} * 1024;
constexpr std::size_t input_body_max = std::size_t{64} * 1024;

}  // namespace

void add_definition_routes(http::Router& router, Context& context) {
  const RouteGroup guests{router, context, "definitions", RouteAccess::guest};
  guests.add(Method::get, "/sagas/definitions", list_saga_definitions,
             "The saga definitions: steps, compensations, pivot, retries; of users' own the newest versions");
  const RouteGroup users{router, context, "definitions", RouteAccess::user};
  users.add(Method::post, "/sagas/definitions/{name}/orders", post_order_for_definition,
            "Places an order that is processed by a saga of that built-in definition");

  const RouteGroup readers{router, context, "definitions", RouteAccess::merchant};
  readers.add(Method::get, "/sagas/definitions/{name}", get_definition, "One saga definition in full");
  readers.add(Method::get, "/sagas/definitions/{name}/versions", list_definition_versions,
              "The published versions of a definition");
  RouteGroup starters{router, context, "definitions", RouteAccess::merchant};
  starters.body_bytes_max = input_body_max;
  starters.add(Method::post, "/sagas/definitions/{name}/sagas", start_saga, "Starts a saga of a user's definition");

  RouteGroup publishers{router, context, "definitions", RouteAccess::admin};
  publishers.body_bytes_max = definition_body_max;
  publishers.add(Method::put, "/sagas/definitions/{name}", put_definition,
                 "Publishes a definition, in YAML or JSON, as the next version of its name");
  publishers.add(Method::del, "/sagas/definitions/{name}", retire_definition,
                 "Retires a name: no new saga starts, those that run go on");
}

}  // namespace sagactl::api

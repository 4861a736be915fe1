// The OpenAPI 3.1 document: the routes as the router has them, with bodies and answers from openapi.json.
#pragma once

#include "common/text/json.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

// `details` is the content of openapi.json: info, components, and per "METHOD /pattern" what the route table
// does not know.
Json openapi_document(const http::Router& router, const Json& details);

Json openapi_details();

}  // namespace sagactl::api

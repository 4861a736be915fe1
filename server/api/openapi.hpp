// The OpenAPI 3.1 document: the routes as the router has them, with bodies and answers from the surfaces' files.
#pragma once

#include "common/text/json.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

// Info and shared components (openapi.json) with the tags, schemas and operations of all surfaces. "operations" has,
// by "METHOD /pattern", what the router does not know.
Json openapi_details();

Json openapi_document(const http::Router& router, const Json& details);

}  // namespace sagactl::api

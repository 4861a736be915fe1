// The surfaces of the API. Each is a folder: its routes (routes.cpp), their handlers, what renders their answers, and
// its part of the OpenAPI document.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include "server/api/context.hpp"
#include "server/http/router.hpp"

namespace sagactl::api {

void add_order_routes(http::Router& router, Context& context);       // orders/routes.cpp
void add_operation_routes(http::Router& router, Context& context);   // operations/routes.cpp
void add_definition_routes(http::Router& router, Context& context);  // definitions/routes.cpp
void add_checkout_routes(http::Router& router, Context& context);    // checkout/routes.cpp
void add_purchase_routes(http::Router& router, Context& context);    // purchase/routes.cpp
void add_dtm_routes(http::Router& router, Context& context);         // dtm/routes.cpp
void add_lra_routes(http::Router& router, Context& context);         // lra/routes.cpp
void add_account_routes(http::Router& router, Context& context);     // accounts/routes.cpp
void add_metrics_routes(http::Router& router, Context& context);     // metrics/routes.cpp
void add_document_routes(http::Router& router, Context& context);    // documents/routes.cpp
void add_bulk_routes(http::Router& router, Context& context);        // bulk/routes.cpp
void add_cluster_routes(http::Router& router, Context& context);     // cluster/routes.cpp
void add_statistics_routes(http::Router& router, Context& context);  // statistics/routes.cpp
void add_page_routes(http::Router& router, Context& context);        // pages/routes.cpp

struct Surface {
  void (*add_routes)(http::Router& router, Context& context);  // `context` outlives the router
  std::string_view openapi;                                    // the embedded file with its part of the document
};

// The one list of them, in the order of the OpenAPI document.
inline constexpr std::array surfaces = {
    Surface{add_order_routes, "openapi_orders.json"},
    Surface{add_operation_routes, "openapi_operations.json"},
    Surface{add_definition_routes, "openapi_definitions.json"},
    Surface{add_checkout_routes, "openapi_checkout.json"},
    Surface{add_purchase_routes, "openapi_purchase.json"},
    Surface{add_account_routes, "openapi_accounts.json"},
    Surface{add_metrics_routes, "openapi_metrics.json"},
    Surface{add_document_routes, "openapi_documents.json"},
    Surface{add_bulk_routes, "openapi_bulk.json"},
    Surface{add_cluster_routes, "openapi_cluster.json"},
    Surface{add_statistics_routes, "openapi_statistics.json"},
    Surface{add_page_routes, "openapi_pages.json"},
    Surface{add_dtm_routes, "openapi_dtm.json"},
    Surface{add_lra_routes, "openapi_lra.json"},
};

// The caller of a request, by its token or by a page's cookie; `unauthenticated` when there is none. Any thread.
Result<http::Caller> authenticate(const Context& context, const http::Request& request);

// Whether the request's token or cookie still names the same user with the same role, to be asked again and again: for
// streams, which outlive their request. The context outlives it.
std::function<bool()> stays_authenticated(const Context& context, const http::Request& request);

// A router with all routes and the authenticator.
std::shared_ptr<http::Router> make_router(Context& context);

}  // namespace sagactl::api

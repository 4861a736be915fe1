// Bulk jobs: one action on all sagas that a filter finds.
#include "server/api/routes.hpp"
#include "server/api/bulk/handlers.hpp"

namespace sagactl::api {

void add_bulk_routes(http::Router& router, Context& context) {
  using http::Method;
  const RouteGroup bulk{router, context, "bulk", http::RouteAccess::admin};
  bulk.add(Method::post, "/bulk", create_bulk_job,
           "Retries, compensates, cancels or skips a step of all sagas that a filter finds, or says which those are");
  bulk.add(Method::get, "/bulk", list_bulk_jobs, "The bulk jobs, newest first");
  bulk.add(Method::get, "/bulk/{id}", get_bulk_job, "One bulk job, with its progress");
  bulk.add(Method::get, "/bulk/{id}/results", list_bulk_results, "What became of each saga of a bulk job");
  bulk.add(Method::post, "/bulk/{id}/stop", stop_bulk_job, "Stops a bulk job");
}

}  // namespace sagactl::api

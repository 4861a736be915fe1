// The handlers of the routes in bulk/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

awaitable<Answer> create_bulk_job(Context& context, Request& request);
awaitable<Answer> list_bulk_jobs(Context& context, Request& request);
awaitable<Answer> get_bulk_job(Context& context, Request& request);
awaitable<Answer> list_bulk_results(Context& context, Request& request);
awaitable<Answer> stop_bulk_job(Context& context, Request& request);

}  // namespace sagactl::api

// The handlers of the routes for DTM's clients: docs/dtm.md. An Error that they return is answered with 500.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

Answer new_gid(Context& context, Request& request);
Answer dtm_version(Context& context, Request& request);
Answer dtm_ping(Context& context, Request& request);

awaitable<Answer> submit_transaction(Context& context, Request& request);
awaitable<Answer> prepare_transaction(Context& context, Request& request);
awaitable<Answer> abort_transaction(Context& context, Request& request);

awaitable<Answer> query_transaction(Context& context, Request& request);
awaitable<Answer> list_transactions(Context& context, Request& request);

awaitable<Answer> force_stop_transaction(Context& context, Request& request);
awaitable<Answer> reset_next_cron_time(Context& context, Request& request);

}  // namespace sagactl::api

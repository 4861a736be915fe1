// The handlers of the routes in operations/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

// sagas.cpp
awaitable<Answer> list_sagas(Context& context, Request& request);
awaitable<Answer> get_saga(Context& context, Request& request);
awaitable<Answer> get_saga_by_correlation(Context& context, Request& request);
awaitable<Answer> list_sagas_in_status(Context& context, Request& request);
awaitable<Answer> list_order_processing_sagas(Context& context, Request& request);
awaitable<Answer> list_active_sagas(Context& context, Request& request);

// saga_actions.cpp
awaitable<Answer> retry_saga(Context& context, Request& request);
awaitable<Answer> compensate_saga(Context& context, Request& request);
awaitable<Answer> cancel_saga(Context& context, Request& request);
awaitable<Answer> skip_step(Context& context, Request& request);

// answer_step.cpp
awaitable<Answer> answer_step(Context& context, Request& request);

// audit.cpp
awaitable<Answer> list_audit(Context& context, Request& request);

// maintenance.cpp
awaitable<Answer> list_pending_orders(Context& context, Request& request);
awaitable<Answer> clean_up_pending_orders(Context& context, Request& request);
awaitable<Answer> get_saga_health(Context& context, Request& request);

// trace.cpp
awaitable<Answer> trace_by_correlation(Context& context, Request& request);
awaitable<Answer> trace_by_order(Context& context, Request& request);
awaitable<Answer> list_latest_events(Context& context, Request& request);
awaitable<Answer> list_active_flows(Context& context, Request& request);

// events.cpp
awaitable<Answer> follow_events(Context& context, Request& request);

// locks.cpp
awaitable<Answer> list_locks(Context& context, Request& request);
awaitable<Answer> get_lock(Context& context, Request& request);
awaitable<Answer> test_work_under_lock(Context& context, Request& request);
awaitable<Answer> test_saga_creation(Context& context, Request& request);
awaitable<Answer> test_manual_lock(Context& context, Request& request);

// health.cpp
Answer get_livez(Context& context, Request& request);
Answer get_readyz(Context& context, Request& request);
awaitable<Answer> get_health(Context& context, Request& request);
awaitable<Answer> get_detailed_health(Context& context, Request& request);
awaitable<Answer> get_database_pool(Context& context, Request& request);
awaitable<Answer> test_database(Context& context, Request& request);
awaitable<Answer> test_broker(Context& context, Request& request);
Answer get_protected(Context& context, Request& request);

}  // namespace sagactl::api

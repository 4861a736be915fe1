// The handlers of the routes in cluster/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

// cluster.cpp
awaitable<Answer> list_nodes(Context& context, Request& request);
Answer list_participants(Context& context, Request& request);
awaitable<Answer> list_all_stock(Context& context, Request& request);

// messages.cpp
awaitable<Answer> list_topics(Context& context, Request& request);
awaitable<Answer> list_groups(Context& context, Request& request);
awaitable<Answer> list_messages(Context& context, Request& request);
awaitable<Answer> list_dead_letters(Context& context, Request& request);
awaitable<Answer> redeliver_dead_letters(Context& context, Request& request);
awaitable<Answer> discard_dead_letters(Context& context, Request& request);

// reports.cpp
awaitable<Answer> publish_report(Context& context, Request& request);
awaitable<Answer> list_reports(Context& context, Request& request);
awaitable<Answer> get_report(Context& context, Request& request);
awaitable<Answer> delete_report(Context& context, Request& request);

}  // namespace sagactl::api

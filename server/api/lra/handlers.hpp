// The handlers of the LRA coordinator's routes: docs/lra.md. An Error that they return is answered by lra_error().
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

awaitable<Answer> start_lra(Context& context, Request& request);
awaitable<Answer> join_lra(Context& context, Request& request);
awaitable<Answer> leave_lra(Context& context, Request& request);
awaitable<Answer> renew_lra(Context& context, Request& request);
awaitable<Answer> close_lra(Context& context, Request& request);
awaitable<Answer> cancel_lra(Context& context, Request& request);

awaitable<Answer> complete_nested(Context& context, Request& request);
awaitable<Answer> compensate_nested(Context& context, Request& request);
awaitable<Answer> forget_nested(Context& context, Request& request);
awaitable<Answer> nested_status(Context& context, Request& request);

awaitable<Answer> list_lras(Context& context, Request& request);
awaitable<Answer> show_lra(Context& context, Request& request);
awaitable<Answer> lra_status(Context& context, Request& request);

awaitable<Answer> list_recovering(Context& context, Request& request);
awaitable<Answer> list_failed(Context& context, Request& request);
awaitable<Answer> show_participant(Context& context, Request& request);
awaitable<Answer> move_participant(Context& context, Request& request);
awaitable<Answer> drop_failed(Context& context, Request& request);

}  // namespace sagactl::api

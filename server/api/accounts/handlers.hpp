// The handlers of the routes in accounts/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

awaitable<Answer> register_user(Context& context, Request& request);
awaitable<Answer> log_in(Context& context, Request& request);
awaitable<Answer> refresh_session(Context& context, Request& request);
awaitable<Answer> log_out(Context& context, Request& request);
awaitable<Answer> get_profile(Context& context, Request& request);

awaitable<Answer> list_users(Context& context, Request& request);
awaitable<Answer> create_user(Context& context, Request& request);
awaitable<Answer> change_user(Context& context, Request& request);

}  // namespace sagactl::api

// The handlers of the routes in pages/routes.cpp.
#pragma once

#include "server/api/route_group.hpp"

namespace sagactl::api {

// pages.cpp
Answer get_start(Context& context, Request& request);
Answer get_dashboard(Context& context, Request& request);
Answer get_shop(Context& context, Request& request);
Answer get_api_page(Context& context, Request& request);
Answer get_asset(Context& context, Request& request);

// live_page.cpp
Answer follow_page(Context& context, Request& request);

// page_login.cpp
Answer get_page_session(Context& context, Request& request);
awaitable<Answer> begin_page_session(Context& context, Request& request);
awaitable<Answer> end_page_session(Context& context, Request& request);
Answer create_page_code(Context& context, Request& request);

}  // namespace sagactl::api

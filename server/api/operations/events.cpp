// GET /events: what happens, as it happens.
#include "server/api/operations/event_feed.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {

void add_event_routes(http::Router& router, Context& context) {
  router.add({http::Method::get, "/events", http::Access::user,
              [&context](http::Request& request) { return context.feed.subscribe(request); },
              "Server-sent events: an admin's every one, a customer's their own", "events"});
}

}  // namespace sagactl::api

// GET /events: published events as they happen.
#include "server/api/operations/event_feed.hpp"
#include "server/api/operations/handlers.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {

awaitable<Answer> follow_events(Context& context, Request& request) {
  return context.feed.subscribe(request, stays_authenticated(context, request));
}

}  // namespace sagactl::api

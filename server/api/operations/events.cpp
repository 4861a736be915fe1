// GET /events: published events as they happen.
#include <functional>
#include <memory>

#include "server/api/operations/event_feed.hpp"
#include "server/api/operations/handlers.hpp"
#include "server/api/routes.hpp"

namespace sagactl::api {

namespace {

// Whether the request's token or cookie still names the same user with the same role.
std::function<bool()> is_still_authenticated(const Context& context, const Request& request) {
  auto asked = std::make_shared<Request>();
  asked->headers = request.headers;
  asked->cross_origin = request.cross_origin;
  return [asked = std::move(asked), caller = *request.caller, &context] {
    const auto now = authenticate(context, *asked);
    return now && now->id == caller.id && now->role == caller.role;
  };
}

}  // namespace

awaitable<Answer> follow_events(Context& context, Request& request) {
  return context.feed.subscribe(request, is_still_authenticated(context, request));
}

}  // namespace sagactl::api

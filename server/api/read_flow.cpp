#include "server/api/read_flow.hpp"

#include "server/api/query.hpp"

namespace sagactl::api {
namespace {

Error nothing() {
  return Error{ErrorCode::not_found, ""};
}

Result<Flow> for_actor(Result<std::optional<Flow>> found, const Actor& actor) {
  if (!found) return found.error();
  if (!*found || !actor.may_touch((*found)->order.user)) return nothing();
  return std::move(**found);
}

}  // namespace

boost::asio::awaitable<Result<Flow>> read_flow(Context& context, const http::Request& request, OrderId id) {
  auto read = [&queries = context.queries, actor = actor_of(request), id] {
    return for_actor(queries.flow(id), actor);
  };
  co_return co_await context.readers.run(read);
}

boost::asio::awaitable<Result<Flow>> find_flow(Context& context, const http::Request& request,
                                               std::string text) {
  auto read = [&queries = context.queries, actor = actor_of(request), text = std::move(text)] {
    return for_actor(queries.find_flow(text), actor);
  };
  co_return co_await context.readers.run(std::move(read));
}

boost::asio::awaitable<Result<TracedFlow>> find_traced_flow(Context& context, const http::Request& request,
                                                            std::string text) {
  auto read = [&queries = context.queries, actor = actor_of(request),
               text = std::move(text)]() -> Result<TracedFlow> {
    auto flow = for_actor(queries.find_flow(text), actor);
    if (!flow) return flow.error();
    auto events = queries.flow_events(flow->order.id);
    if (!events) return events.error();
    return TracedFlow{std::move(flow).value(), std::move(events).value()};
  };
  co_return co_await context.readers.run(std::move(read));
}

}  // namespace sagactl::api

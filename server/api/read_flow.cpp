#include "server/api/read_flow.hpp"

#include <algorithm>
#include <functional>

#include "server/api/query.hpp"
#include "server/http/await.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::chrono::milliseconds longest_wait{500};  // for what another node may have written
constexpr std::chrono::milliseconds answer_time{500};  // of a request's time, kept for its answer

Error nothing() {
  return Error{ErrorCode::not_found, ""};
}

Result<Flow> for_actor(Result<std::optional<Flow>> found, const Actor& actor) {
  if (!found) return found.error();
  if (!*found || !actor.may_touch((*found)->order.user)) return nothing();
  return std::move(**found);
}

// By whatever people have of it, also the saga id that a checkout shows.
Result<Flow> find_for_actor(Queries& queries, const std::string& text, const Actor& actor) {
  return for_actor(queries.find_flow(std::string(without_saga_prefix(text))), actor);
}

}  // namespace

boost::asio::awaitable<Result<Flow>> read_flow(Context& context, const http::Request& request, OrderId id) {
  auto read = [&queries = context.queries, actor = actor_of(request), id] {
    return for_actor(queries.flow(id), actor);
  };
  co_return co_await context.query_threads.run(read);
}

boost::asio::awaitable<Result<Flow>> find_flow(Context& context, const http::Request& request,
                                               std::string text) {
  auto read = [&queries = context.queries, actor = actor_of(request), text = std::move(text)] {
    return find_for_actor(queries, text, actor);
  };
  co_return co_await context.query_threads.run(std::move(read));
}

boost::asio::awaitable<Result<Flow>> await_flow(Context& context, const http::Request& request, OrderId id,
                                                std::chrono::milliseconds patience, bool (*settled)(const Flow&)) {
  const auto until = std::min(std::chrono::steady_clock::now() + patience, request.deadline - answer_time);
  FlowWatch::Watcher ticket(context.engine.watch(), id);
  for (;;) {
    ticket.clear();
    Result<Flow> flow = co_await read_flow(context, request, id);
    const auto now = std::chrono::steady_clock::now();
    if (!flow || settled(*flow) || now >= until) co_return flow;
    auto wait = [&ticket](std::function<void(bool)> done) { ticket.on_write(std::move(done)); };
    const auto look_again_at = std::min(until, now + longest_wait);
    co_await http::await_callback_until<bool>(std::move(wait), look_again_at);
  }
}

boost::asio::awaitable<Result<TracedFlow>> find_traced_flow(Context& context, const http::Request& request,
                                                            std::string text) {
  auto read = [&queries = context.queries, actor = actor_of(request),
               text = std::move(text)]() -> Result<TracedFlow> {
    auto flow = find_for_actor(queries, text, actor);
    if (!flow) return flow.error();
    auto events = queries.flow_events(flow->order.id);
    if (!events) return events.error();
    return TracedFlow{std::move(flow).value(), std::move(events).value()};
  };
  co_return co_await context.query_threads.run(std::move(read));
}

}  // namespace sagactl::api

#include "server/api/read_flow.hpp"

#include <algorithm>
#include <functional>

#include "server/api/query.hpp"
#include "server/http/await.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::chrono::milliseconds poll_interval{500};   // of what another node may have written
constexpr std::chrono::milliseconds answer_reserve{500};  // of the request's time, for its answer

Result<Flow> for_actor(Result<std::optional<Flow>> found, const Actor& actor) {
  if (!found) return found.error();
  if (!*found || !may_see(actor, **found)) return Error{ErrorCode::not_found, ""};
  return std::move(**found);
}

// Under one key a saga of each definition may have been started: the latest.
Result<std::optional<Flow>> find_by_saga_key(Queries& queries, const std::string& key) {
  SagaFilter filter;
  filter.key = key;
  Page page;
  page.limit = 1;
  page.count = false;
  const auto found = queries.sagas(filter, page);
  if (!found) return found.error();
  if (found->flows.empty()) return std::optional<Flow>();
  return queries.flow(found->flows.front().order.id);
}

Result<Flow> find_for_actor(Queries& queries, const std::string& text, const Actor& actor) {
  return for_actor(find_named_flow(queries, text), actor);
}

}  // namespace

Result<std::optional<Flow>> find_named_flow(Queries& queries, const std::string& text) {
  auto found = queries.find_flow(std::string(without_saga_prefix(text)));
  if (!found || *found || text.empty()) return found;
  return find_by_saga_key(queries, text);
}

bool may_see(const Actor& actor, const Flow& flow) {
  return actor.may_touch(flow.order.user) || (is_users_saga(flow) && actor.role == Role::merchant);
}

boost::asio::awaitable<Result<Flow>> read_flow(Context& context, const http::Request& request, OrderId id) {
  auto read = [&queries = context.queries, actor = actor_of(request), id] {
    return for_actor(queries.flow(id), actor);
  };
  co_return co_await context.query_threads.run(read);
}

boost::asio::awaitable<Result<Flow>> find_flow(Context& context, const http::Request& request, std::string text) {
  auto read = [&queries = context.queries, actor = actor_of(request), text = std::move(text)] {
    return find_for_actor(queries, text, actor);
  };
  co_return co_await context.query_threads.run(std::move(read));
}

boost::asio::awaitable<Result<Flow>> await_flow(Context& context, const http::Request& request, OrderId id,
                                                std::chrono::milliseconds patience, bool (*settled)(const Flow&)) {
  const auto longest = std::min(std::chrono::steady_clock::now() + patience, request.deadline - answer_reserve);
  FlowWatch::Watcher ticket(context.engine.watch(), id);
  for (;;) {
    ticket.clear();
    Result<Flow> flow = co_await read_flow(context, request, id);
    const auto now = std::chrono::steady_clock::now();
    const auto until = std::min(longest, context.waits_end_at.load());
    if (!flow || settled(*flow) || now >= until) co_return flow;
    auto wait = [&ticket](std::function<void(bool)> done) { ticket.on_write(std::move(done)); };
    const auto poll_at = std::min(until, now + poll_interval);
    co_await http::await_callback_until<bool>(std::move(wait), poll_at);
  }
}

boost::asio::awaitable<Result<TracedFlow>> find_traced_flow(Context& context, const http::Request& request,
                                                            std::string text) {
  auto read = [&queries = context.queries, actor = actor_of(request), text = std::move(text)]() -> Result<TracedFlow> {
    auto flow = find_for_actor(queries, text, actor);
    if (!flow) return flow.error();
    auto events = queries.flow_events(flow->order.id);
    if (!events) return events.error();
    TracedFlow traced{std::move(flow).value(), std::move(events).value()};
    if (!is_users_saga(traced.flow)) return traced;
    auto calls = queries.calls(traced.flow.saga->id);
    if (!calls) return calls.error();
    traced.calls = std::move(calls).value();
    return traced;
  };
  co_return co_await context.query_threads.run(std::move(read));
}

}  // namespace sagactl::api

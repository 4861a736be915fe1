// Starting sagas of users' definitions, once for each key.
#include <fmt/format.h>

#include <charconv>

#include "common/text/text.hpp"
#include "server/api/definitions/find_definition.hpp"
#include "server/api/definitions/handlers.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/orders/idempotency.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/request_span.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/problem.hpp"

namespace sagactl::api {
namespace {

constexpr int wait_max = 30;  // seconds
constexpr http::JsonLimits input_limits{.depth_max = 64, .members_max = 1000};

// `Prefer: wait=10` (RFC 7240): the time for which the answer may wait for the saga's end. What is no number is
// ignored, as of every preference.
std::chrono::seconds wait_of(const Request& request) {
  for (const http::Header& header : request.headers) {
    if (header.name != "prefer") continue;
    for (const std::string& preference : split(header.value, ',')) {
      const std::string text = lower(trim(preference));
      if (!text.starts_with("wait=")) continue;
      int seconds = 0;
      const auto [end, error] = std::from_chars(text.data() + 5, text.data() + text.size(), seconds);
      if (error == std::errc() && end == text.data() + text.size())
        return std::chrono::seconds(std::clamp(seconds, 0, wait_max));
    }
  }
  return std::chrono::seconds(0);
}

bool has_ended(const Flow& flow) {
  return flow.saga && is_terminal(flow.saga->status);
}

// The newest version, which another node may have replaced within the last half second.
awaitable<Result<StoredDefinition>> newest_definition(Context& context, const std::string& name) {
  const SteadyTime now = context.clock.steady();
  if (auto cached = context.definition_cache.find(name, now)) co_return std::move(*cached);
  auto find = [&queries = context.queries, name] { return find_users_definition(queries, name); };
  auto found = co_await context.query_threads.run(std::move(find));
  if (found) context.definition_cache.put(name, *found, now);
  co_return found;
}

Error starts_with_an_order(const std::string& name) {
  return Error{
      ErrorCode::conflict,
      fmt::format("{} is built in: its sagas start with an order, by POST /sagas/definitions/{}/orders", name, name),
      Json{{"definition", name}, {"code", "DEFINITION_BUILT_IN"}}};
}

Error is_retired(const std::string& name) {
  return Error{
      ErrorCode::conflict,
      fmt::format("the saga definition {} is retired: no new saga starts; publish it to use the name again", name),
      Json{{"definition", name}, {"code", "DEFINITION_RETIRED"}}};
}

http::Response input_refused(const Request& request, const std::vector<SchemaProblem>& problems) {
  Json errors = Json::array();
  for (const SchemaProblem& problem : problems)
    errors.push_back(Json{{"path", problem.path}, {"message", problem.message}, {"hint", problem.hint}});
  const std::string first = problems.front().path.empty() ? "the input" : "the input's " + problems.front().path;
  return http::problem(422, fmt::format("{}: {}", first, problems.front().message), request,
                       Json{{"code", "INPUT_INVALID"}, {"errors", std::move(errors)}});
}

http::Response key_reused(const Request& request, const Flow& earlier) {
  return http::problem(
      422, fmt::format("a saga with another input was started under the Idempotency-Key '{}'", earlier.saga->key),
      request, Json{{"code", "IDEMPOTENCY_KEY_REUSED"}, {"sagaId", earlier.saga->id.text()}});
}

// X-Correlation-ID of the answer is the saga's: the id to trace it by.
http::Response saga_response(int status, Request& request, const Flow& flow) {
  request.correlation_id = correlation_of(flow);
  http::Response response = http::json_response(status, saga_json(flow));
  response.headers.push_back({"Location", "/sagas/" + flow.saga->id.text()});
  response.headers.push_back({"ETag", saga_etag(*flow.saga)});
  return response;
}

// Waits for the saga's end if the client wants that.
awaitable<Result<Flow>> await_saga(Context& context, Request& request, Flow flow) {
  const std::chrono::seconds patience = wait_of(request);
  if (patience.count() == 0 || has_ended(flow)) co_return flow;
  const OrderId id = flow.order.id;
  co_return co_await await_flow(context, request, id, patience, has_ended);
}

// The answer to a repeated request.
awaitable<Answer> repeated(Context& context, Request& request, Flow earlier, const Json& input) {
  if (equality_text(read_json(earlier.saga->input)) != equality_text(input)) co_return key_reused(request, earlier);
  const auto flow = co_await await_saga(context, request, std::move(earlier));
  if (!flow) co_return flow.error();
  http::Response response = saga_response(200, request, *flow);
  response.headers.push_back({"Idempotency-Replayed", "true"});
  co_return response;
}

StartSagaRequest command_of(Request& request, DefinitionPointer definition, const Json& input, std::string key) {
  StartSagaRequest command;
  command.id = SagaId::fresh();
  command.actor = actor_of(request);
  command.definition = std::move(definition);
  command.input = json_text(input);
  command.key = std::move(key);
  if (!request.header("x-correlation-id").empty()) command.correlation = request.correlation_id;
  // Without a trace of the client's own the saga starts one under its id, so that it can be found by it.
  if (!request.trace.is_continued()) request.trace.trace_id = command.id.uuid.bytes;
  command.trace_parent = request.trace.traceparent();
  return command;
}

// The saga that another request has started under the key meanwhile.
awaitable<Answer> repeated_meanwhile(Context& context, Request& request, const Error& conflict, const Json& input) {
  const auto id = OrderId::parse(conflict.members.value("sagaId", ""));
  if (!id) co_return conflict;
  auto flow = co_await read_flow(context, request, *id);
  if (!flow) co_return flow.error();
  co_return co_await repeated(context, request, std::move(*flow), input);
}

}  // namespace

awaitable<Answer> start_saga(Context& context, Request& request) {
  const auto name = text_parameter(request, "name");
  if (!name) co_return name.error();
  if (find_definition(*name)) co_return starts_with_an_order(*name);
  auto key = idempotency_key(request);
  if (!key) co_return key.error();
  const auto input = request.body.empty() ? Result<Json>(Json::object()) : http::parse_json(request.body, input_limits);
  if (!input) co_return input.error();
  const auto found = co_await newest_definition(context, *name);
  const DefinitionPointer definition = found ? found->definition : nullptr;
  std::vector<SchemaProblem> problems;
  if (definition)
    if (const auto schema = context.input_schemas.of(definition)) problems = schema->validate(*input);
  const bool may_start = definition && !found->is_retired && problems.empty();
  if (!may_start && !key->empty()) {
    // The saga of an earlier version, from before the definition was changed or retired.
    auto find = [&queries = context.queries, name = *name, key = *key] { return queries.saga_by_key(name, key); };
    auto earlier = co_await context.query_threads.run(std::move(find));
    if (!earlier) co_return earlier.error();
    if (*earlier) co_return co_await repeated(context, request, std::move(**earlier), *input);
  }
  if (!found) co_return found.error();
  if (found->is_retired) co_return is_retired(*name);
  if (!problems.empty()) co_return input_refused(request, problems);
  const Result<Receipt> receipt =
      co_await submit(context, request, command_of(request, definition, *input, std::move(*key)));
  if (!receipt && receipt.error().members.is_object() && receipt.error().members.value("code", "") == "SAGA_KEY_EXISTS")
    co_return co_await repeated_meanwhile(context, request, receipt.error(), *input);
  if (!receipt) co_return receipt.error();
  add_request_span(context, request);
  const auto flow = co_await await_saga(context, request, *receipt->flow);
  if (!flow) co_return flow.error();
  co_return saga_response(has_ended(*flow) ? 201 : 202, request, *flow);
}

}  // namespace sagactl::api

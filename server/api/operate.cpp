// What an operator does to a saga: have it tried again, or undone.
#include <fmt/format.h>

#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/render_saga.hpp"
#include "server/api/routes.hpp"
#include "server/api/submit.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"
#include "server/http/validate.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::size_t reason_max = 1000;

Error saga_not_found(const Request& request) {
  return Error{ErrorCode::not_found, "Saga not found", Json{{"sagaId", request.parameter("sagaId")}}};
}

// Nothing when the request has no If-Match, or one that fits; otherwise the answer to give.
awaitable<std::optional<Answer>> check_if_match(Context& context, Request& request, SagaId id) {
  const std::string_view wanted = request.header("if-match");
  if (wanted.empty() || wanted == "*") co_return std::nullopt;
  const Result<Flow> flow = co_await read_flow(context, request, order_of(id));
  if (!flow && flow.error().code != ErrorCode::not_found) co_return Answer(flow.error());
  if (!flow || !flow->saga) co_return Answer(saga_not_found(request));
  const std::string present = saga_etag(*flow->saga);
  if (wanted == present) co_return std::nullopt;
  co_return Answer(http::problem(
      412,
      fmt::format("the saga has changed: its ETag is {} now, and {} stands in If-Match; read it again",
                  present, wanted),
      request));
}

Answer accepted(const Receipt& receipt, std::string_view message) {
  const Flow& flow = *receipt.flow;
  const Json body{{"message", message},
                  {"sagaId", flow.saga->id.text()},
                  {"orderId", flow.order.id.text()},
                  {"correlationId", correlation_of(flow)},
                  {"status", to_string(flow.saga->status)},
                  {"currentStep", saga_step(flow)}};
  http::Response response = http::json_response(202, body);
  response.headers.push_back({"ETag", saga_etag(*flow.saga)});
  return response;
}

awaitable<Answer> operate(Context& context, Request& request, Command command, std::string_view message,
                          SagaId id) {
  std::optional<Answer> refused = co_await check_if_match(context, request, id);
  if (refused) co_return std::move(*refused);
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (done) co_return accepted(*done, message);
  if (done.error().code == ErrorCode::not_found) co_return saga_not_found(request);
  co_return done.error();
}

awaitable<Answer> retry_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "sagaId");
  if (!uuid) co_return uuid.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::Object body(*json);
  const bool recharge = body.optional_boolean("recharge", false);
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  const SagaId id{*uuid};
  Command command = RetryRequest{id, actor_of(request), recharge};
  co_return co_await operate(context, request, std::move(command), "Saga is being retried", id);
}

awaitable<Answer> compensate_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "sagaId");
  if (!uuid) co_return uuid.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::Object body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  const SagaId id{*uuid};
  Command command =
      CompensateRequest{id, actor_of(request), reason.value_or("compensation asked for by an operator")};
  co_return co_await operate(context, request, std::move(command), "Saga is being compensated", id);
}

}  // namespace

void add_operator_routes(http::Router& router, Context& context) {
  using http::Access;
  using http::Method;
  router.add({Method::post, "/saga/retry/{sagaId}", Access::admin,
              [&context](Request& request) { return retry_saga(context, request); },
              "Tries a failed or compensated saga again, from its earliest step not in effect", "operation"});
  router.add({Method::post, "/saga/compensate/{sagaId}", Access::admin,
              [&context](Request& request) { return compensate_saga(context, request); },
              "Undoes the steps of a saga that are in effect", "operation"});
}

}  // namespace sagactl::api

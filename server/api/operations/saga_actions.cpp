// An operator's actions on a saga: retry and compensate.
#include <fmt/format.h>

#include <algorithm>

#include "server/api/operations/handlers.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/conditional.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

Error saga_to_change_not_found(const Request& request) {
  return Error{ErrorCode::not_found, "Saga not found", Json{{"sagaId", request.parameter("sagaId")}}};
}

constexpr std::string_view weak_tags =
    "nothing was changed: If-Match needs the saga's strong ETag; a proxy that compressed the answer has made it weak "
    "(W/): read the saga again with the header Accept-Encoding: identity";

bool has_weak_tags_only(const http::Condition& condition) {
  return !condition.any() && !condition.tags().empty() &&
         std::all_of(condition.tags().begin(), condition.tags().end(), [](const auto& tag) { return tag.weak; });
}

// The versions of the saga that the operator accepts. An If-Match that no saga can have matches none.
std::vector<Timestamp> accepted_versions(const http::Condition& condition) {
  std::vector<Timestamp> times;
  if (!condition.given() || condition.any()) return times;
  for (const auto& tag : condition.tags())
    if (!tag.weak)
      for (const Timestamp time : times_of_etags(tag.opaque)) times.push_back(time);
  if (times.empty()) times.push_back(Timestamp{-1});
  return times;
}

Answer accepted_action(const Receipt& receipt, std::string_view message) {
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

awaitable<Answer> change_saga(Context& context, Request& request, Command command, std::string_view message) {
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (receipt) co_return accepted_action(*receipt, message);
  const Error& error = receipt.error();
  if (error.code == ErrorCode::not_found) co_return saga_to_change_not_found(request);
  if (error.members.is_object() && error.members.value("code", "") == "SAGA_CHANGED")
    co_return http::problem(412, error.message, request);
  co_return error;
}

}  // namespace

awaitable<Answer> retry_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "sagaId");
  if (!uuid) co_return uuid.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader body(*json);
  const bool recharge = body.optional_boolean("recharge", false);
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  const http::Condition condition(request, "if-match");
  if (has_weak_tags_only(condition)) co_return http::problem(412, weak_tags, request);
  const SagaId id{*uuid};
  Command command = RetryRequest{id, actor_of(request), recharge, accepted_versions(condition)};
  co_return co_await change_saga(context, request, std::move(command), "Saga is being retried");
}

awaitable<Answer> compensate_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "sagaId");
  if (!uuid) co_return uuid.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  const http::Condition condition(request, "if-match");
  if (has_weak_tags_only(condition)) co_return http::problem(412, weak_tags, request);
  const SagaId id{*uuid};
  Command command = CompensateRequest{id, actor_of(request), reason.value_or("compensation requested by an operator"),
                                      accepted_versions(condition)};
  co_return co_await change_saga(context, request, std::move(command), "Saga is being compensated");
}

}  // namespace sagactl::api

// An operator's actions on a saga: retry, compensate and cancel it, and skip one of its steps.
#include "server/api/operations/change_saga.hpp"
#include "server/api/operations/handlers.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

Result<std::optional<std::string>> read_reason(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  auto reason = body.optional_text("reason", {.max = reason_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return reason;
}

}  // namespace

awaitable<Answer> retry_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "sagaId");
  if (!uuid) co_return uuid.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader body(*json);
  const bool recharge = body.optional_boolean("recharge", false);
  std::string reason = body.optional_text("reason", {.max = reason_max}).value_or("");
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  AcceptedVersions accepted = accepted_versions(request);
  if (accepted.are_weak) co_return weak_tags_refused(request);
  Command command =
      RetryRequest{SagaId{*uuid}, actor_of(request), recharge, std::move(accepted.times), std::move(reason)};
  co_return co_await change_saga(context, request, "sagaId", std::move(command), "Saga is being retried");
}

awaitable<Answer> compensate_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "sagaId");
  if (!uuid) co_return uuid.error();
  auto reason = read_reason(request);
  if (!reason) co_return reason.error();
  AcceptedVersions accepted = accepted_versions(request);
  if (accepted.are_weak) co_return weak_tags_refused(request);
  Command command =
      CompensateRequest{SagaId{*uuid}, actor_of(request), reason->value_or("compensation requested by an operator"),
                        std::move(accepted.times)};
  co_return co_await change_saga(context, request, "sagaId", std::move(command), "Saga is being compensated");
}

awaitable<Answer> cancel_saga(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "id");
  if (!uuid) co_return uuid.error();
  auto reason = read_reason(request);
  if (!reason) co_return reason.error();
  AcceptedVersions accepted = accepted_versions(request);
  if (accepted.are_weak) co_return weak_tags_refused(request);
  Command command = CompensateRequest{SagaId{*uuid}, actor_of(request), reason->value_or("cancelled by an operator"),
                                      std::move(accepted.times), true};
  co_return co_await change_saga(context, request, "id", std::move(command), "Saga is being cancelled");
}

awaitable<Answer> skip_step(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "id");
  if (!uuid) co_return uuid.error();
  const auto step = text_parameter(request, "step");
  if (!step) co_return step.error();
  const auto json = http::parse_json_object(request.body);
  if (!json) co_return json.error();
  http::ObjectReader body(*json);
  std::string reason = body.text("reason", {.max = reason_max, .not_empty = true});
  const std::optional<Direction> direction = read_direction(body);
  if (const auto valid = body.finish(); !valid) co_return valid.error();
  AcceptedVersions accepted = accepted_versions(request);
  if (accepted.are_weak) co_return weak_tags_refused(request);
  Command command = AnswerStepRequest{SagaId{*uuid},     actor_of(request),         *step,    Succeeded{},
                                      std::move(reason), std::move(accepted.times), direction};
  co_return co_await change_saga(context, request, "id", std::move(command), "Step is skipped");
}

}  // namespace sagactl::api

#include "server/api/operations/change_saga.hpp"

#include <algorithm>
#include <array>

#include "server/api/operations/render_saga.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/conditional.hpp"
#include "server/http/message/problem.hpp"

namespace sagactl::api {
namespace {

constexpr std::string_view weak_tags =
    "nothing was changed: If-Match needs the saga's strong ETag; a proxy that compressed the answer has made it weak "
    "(W/): read the saga again with the header Accept-Encoding: identity";

constexpr std::array<std::string_view, 2> direction_words = {"do", "undo"};

bool has_weak_tags_only(const http::Condition& condition) {
  return !condition.any() && !condition.tags().empty() &&
         std::all_of(condition.tags().begin(), condition.tags().end(), [](const auto& tag) { return tag.weak; });
}

Answer accepted_action(const Receipt& receipt, std::string_view message) {
  const Flow& flow = *receipt.flow;
  Json body{{"message", message}, {"sagaId", flow.saga->id.text()}};
  if (!is_users_saga(flow)) body["orderId"] = flow.order.id.text();
  body["correlationId"] = correlation_of(flow);
  body["status"] = to_string(flow.saga->status);
  body["currentStep"] = saga_step(flow);
  http::Response response = http::json_response(202, body);
  response.headers.push_back({"ETag", saga_etag(*flow.saga)});
  return response;
}

}  // namespace

// An If-Match that no saga can have matches none.
AcceptedVersions accepted_versions(const Request& request) {
  const http::Condition condition(request, "if-match");
  if (has_weak_tags_only(condition)) return {{}, true};
  AcceptedVersions accepted;
  if (!condition.given() || condition.any()) return accepted;
  for (const auto& tag : condition.tags())
    if (!tag.weak)
      for (const Timestamp time : times_of_etags(tag.opaque)) accepted.times.push_back(time);
  if (accepted.times.empty()) accepted.times.push_back(Timestamp{-1});
  return accepted;
}

http::Response weak_tags_refused(const Request& request) {
  return http::problem(412, weak_tags, request);
}

std::optional<Direction> read_direction(http::ObjectReader& body) {
  const auto word = body.optional_one_of("direction", direction_words);
  if (!word) return std::nullopt;
  return *word == direction_words[0] ? Direction::action : Direction::compensation;
}

Answer refused_action(const Error& error, const Request& request, std::string_view parameter) {
  const bool is_unknown_saga = error.code == ErrorCode::not_found && error.message == "Saga not found";
  if (is_unknown_saga) {
    Error unknown = error;
    unknown.members = Json{{"sagaId", request.parameter(parameter)}};
    return unknown;
  }
  const std::string code = error.members.is_object() ? error.members.value("code", "") : "";
  if (code == "SAGA_CHANGED") return http::problem(412, error.message, request);
  if (code == "STEP_KEEPS_VALUES") return http::problem(422, error.message, request, error.members);
  return error;
}

awaitable<Answer> change_saga(Context& context, Request& request, std::string_view parameter, Command command,
                              std::string_view message) {
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (receipt) co_return accepted_action(*receipt, message);
  co_return refused_action(receipt.error(), request, parameter);
}

}  // namespace sagactl::api

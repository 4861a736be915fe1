// What a parent says to an LRA that is nested in it, when it does so by requests. Within a cluster it needs none.
#include <fmt/format.h>

#include "server/api/lra/handlers.hpp"
#include "server/api/lra/lra_answer.hpp"
#include "server/participants/calls/answer_text.hpp"
#include "server/participants/calls/lra_call.hpp"

namespace sagactl::api {
namespace {

// Before version 2.0 a status is always answered with 200.
http::Response nested_response(const Request& request, const Saga& saga, const ParticipantAnswer& answer) {
  const bool is_status = answer.status != 410 && !waits_for_no_end(request);
  const int status = is_status ? 200 : answer.status;
  http::Response response =
      wants_json(request) ? http::json_response(status, Json{{"status", answer.body}}) : lra_text(status, answer.body);
  response.headers.push_back({std::string(lra_header), lra_id(*saga.own_definition->lra, saga.id)});
  return response;
}

Error no_nested(const Request& request) {
  return Error{ErrorCode::not_found, fmt::format("there is no nested LRA {}", storable(request.parameter("id"), 200))};
}

awaitable<Answer> tell_nested(Context& context, Request& request, LraWord word) {
  const auto id = lra_in_path(request);
  if (!id) co_return id.error();
  LraChange change = TellLra{word};
  const Result<Receipt> receipt = co_await change_lra(context, request, *id, std::move(change));
  if (!receipt && receipt.error().code == ErrorCode::not_found) co_return no_nested(request);
  if (!receipt) co_return receipt.error();
  const Saga& saga = *receipt->flow->saga;
  co_return nested_response(request, saga, nested_lra_answer(saga, word));
}

}  // namespace

awaitable<Answer> complete_nested(Context& context, Request& request) {
  return tell_nested(context, request, LraWord::complete);
}

awaitable<Answer> compensate_nested(Context& context, Request& request) {
  return tell_nested(context, request, LraWord::compensate);
}

awaitable<Answer> forget_nested(Context& context, Request& request) {
  return tell_nested(context, request, LraWord::forget);
}

awaitable<Answer> nested_status(Context& context, Request& request) {
  const Result<Flow> flow = co_await read_lra(context, request);
  if (!flow) co_return flow.error();
  const Saga& saga = *flow->saga;
  if (!is_nested_lra(saga)) co_return no_nested(request);
  ParticipantAnswer answer;
  answer.status = 200;
  answer.body = to_string(as_participant(lra_status_of(saga)));
  co_return nested_response(request, saga, answer);
}

}  // namespace sagactl::api

// Closing and cancelling. Both answer after one round of calls, or once all participants have ended.
#include <fmt/format.h>

#include "server/api/lra/handlers.hpp"
#include "server/api/lra/link_header.hpp"
#include "server/api/lra/lra_answer.hpp"
#include "server/api/read_flow.hpp"
#include "server/participants/calls/lra_call.hpp"

namespace sagactl::api {
namespace {

// Clients give up after 10 s, the time for the way included.
constexpr std::chrono::milliseconds round_patience{6000};

// Whether every participant has been called once, and has answered that call or not in time.
bool has_been_called_once(const Flow& flow) {
  const Saga& saga = *flow.saga;
  if (!is_under_way(lra_status_of(saga))) return true;
  for (std::size_t i = 1; i < saga.steps.size(); ++i)
    if (is_lra_work(saga, i) && (saga.steps[i].status == StepStatus::pending || awaits_first_answer(saga, i)))
      return false;
  return true;
}

http::Response ended_answer(const Request& request, const Saga& saga) {
  const LraStatus status = lra_status_of(saga);
  const std::string id = lra_id(*saga.own_definition->lra, saga.id);
  const bool goes_on = is_under_way(status) && waits_for_no_end(request);
  const std::string text(to_string(status));
  http::Response response =
      wants_json(request) ? http::json_response(200, Json{{"status", text}}) : lra_text(200, text);
  if (goes_on) {
    response.status = 202;
    response.headers.push_back({"Location", lra_status_url(*saga.own_definition->lra, saga.id)});
  }
  response.headers.push_back({std::string(lra_header), id});
  return response;
}

awaitable<Answer> end_lra(Context& context, Request& request, bool closes) {
  const auto id = lra_in_path(request);
  if (!id) co_return id.error();
  EndLra end;
  end.closes = closes;
  const std::string link = joined_header(request, "narayana-lra-participant-link");
  end.who = url_in(link);
  auto data = participant_data_in(request);
  if (!data) co_return data.error();
  end.data = std::move(*data);
  LraChange change = std::move(end);
  const Result<Receipt> receipt = co_await change_lra(context, request, *id, std::move(change));
  if (!receipt) co_return receipt.error();
  if (waits_for_no_end(request) || has_been_called_once(*receipt->flow))
    co_return ended_answer(request, *receipt->flow->saga);
  const Result<Flow> flow = co_await await_flow(context, request, order_of(*id), round_patience, has_been_called_once);
  if (!flow) co_return flow.error();
  co_return ended_answer(request, *flow->saga);
}

}  // namespace

awaitable<Answer> close_lra(Context& context, Request& request) {
  return end_lra(context, request, true);
}

awaitable<Answer> cancel_lra(Context& context, Request& request) {
  return end_lra(context, request, false);
}

}  // namespace sagactl::api

#include "server/api/orders/place_order.hpp"

#include "server/api/orders/handlers.hpp"
#include "server/api/orders/idempotency.hpp"
#include "server/api/orders/parse_order.hpp"
#include "server/api/orders/placed_response.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/query.hpp"
#include "server/api/request_span.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/problem.hpp"

namespace sagactl::api {
namespace {

// X-Correlation-ID of the answer is the order's: the id to trace it by.
http::Response response_of(Request& request, Receipt receipt, std::string (*render)(const Flow&),
                           std::string_view location_prefix) {
  if (receipt.replay) return replayed_response(request, std::move(*receipt.replay), location_prefix);
  request.correlation_id = correlation_of(*receipt.flow);
  return placed_response(render(*receipt.flow), location_prefix, receipt.flow->order.id.text());
}

awaitable<Answer> place_parsed(Context& context, Request& request, PlaceOrder command,
                               std::string (*render)(const Flow&), std::string_view location_prefix) {
  auto key = idempotency_key(request);
  if (!key) co_return key.error();
  command.id = OrderId::fresh();
  command.actor = actor_of(request);
  if (!request.header("x-correlation-id").empty()) command.correlation = request.correlation_id;
  // Without a trace of the client's own the order starts one under its id, so that it can be found by it.
  if (!request.trace.is_continued()) request.trace.trace_id = command.id.uuid.bytes;
  command.trace_parent = request.trace.traceparent();

  InFlightKeys::Entry in_flight;
  if (!key->empty()) {
    in_flight = context.in_flight_keys.add(command.actor.user.text() + key.value());
    if (!in_flight) co_return key_in_flight(key.value());
    command.replay = replay_request(request, command, key.value(), render);
  }

  Result<Receipt> receipt = co_await submit_order(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  if (!receipt->replay) add_request_span(context, request);
  receipt->replay ? context.node_metrics.order_replayed() : context.node_metrics.order_accepted();
  co_return response_of(request, std::move(receipt).value(), render, location_prefix);
}

}  // namespace

awaitable<Answer> place_order(Context& context, Request& request, Result<PlaceOrder> parsed,
                              std::string (*render)(const Flow&), std::string_view location_prefix) {
  if (!parsed) {
    context.node_metrics.order_refused(parsed.error());
    co_return parsed.error();
  }
  Answer answer = co_await place_parsed(context, request, std::move(parsed).value(), render, location_prefix);
  if (answer) co_return answer;
  context.node_metrics.order_refused(answer.error());
  if (!is_key_reused(answer.error())) co_return answer;
  co_return http::problem(422, answer.error().message, request);
}

awaitable<Answer> post_order(Context& context, Request& request) {
  auto parsed = parse_order(request.body);
  if (parsed) parsed->key_only = context.options.key_only;
  co_return co_await place_order(context, request, std::move(parsed), placed_order_json, "/orders/");
}

}  // namespace sagactl::api

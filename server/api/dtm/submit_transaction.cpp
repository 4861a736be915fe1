// submit, prepare and abort: a transaction is a saga whose definition came with the request.
#include <fmt/format.h>

#include "server/api/dtm/dtm_answer.hpp"
#include "server/api/dtm/find_transaction.hpp"
#include "server/api/dtm/handlers.hpp"
#include "server/api/dtm/render_transaction.hpp"
#include "server/api/dtm/transaction_body.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/request_span.hpp"
#include "server/api/submit.hpp"
#include "server/participants/calls/answer_text.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl::api {
namespace {

// A client gives up on an answer after 8 s, the time for the way included.
constexpr std::chrono::milliseconds result_patience{6000};
// A state that was read may be out of date when it is used.
constexpr int looks_max = 5;

struct Started {
  Flow flow;
  bool is_new = true;
  bool has_same_content = true;
};

// Starts the saga, or finds the one that was started under its gid.
awaitable<Result<Started>> start(Context& context, Request& request, const std::string& gid,
                                 const TransactionStart& from) {
  auto definition = compile_definition(canonical_text(dtm_definition_json(from.transaction)), 1);
  if (!definition) co_return definition.error();
  if (const auto participants = context.participants) {
    auto check = [participants, definition = *definition] { return participants->check(*definition); };
    if (const Result<void> may_call = co_await context.query_threads.run(std::move(check)); !may_call)
      co_return may_call.error();
  }
  StartSagaRequest command{SagaId::fresh(), actor_of(request), *definition, from.input, gid, gid, {}};
  if (!request.trace.is_continued()) request.trace.trace_id = command.id.uuid.bytes;
  command.trace_parent = request.trace.traceparent();
  Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  Started started;
  if (receipt) {
    add_request_span(context, request);
    started.flow = *receipt->flow;
    co_return started;
  }
  const bool exists =
      receipt.error().members.is_object() && text_or_empty(receipt.error().members, "code") == "SAGA_KEY_EXISTS";
  if (!exists) co_return receipt.error();
  Result<Flow> flow = co_await existing_transaction(context, gid);
  if (!flow) co_return flow.error();
  started.is_new = false;
  started.has_same_content = flow->saga->own_definition->text == (*definition)->text && flow->saga->input == from.input;
  started.flow = std::move(*flow);
  co_return started;
}

// The client's word on a msg that waits for it. `retry`: it does not wait any more.
awaitable<Result<Receipt>> decide_prepared(Context& context, Request& request, const Flow& flow, Outcome outcome) {
  StepReply reply;
  reply.execution = flow.saga->steps.front().execution;
  reply.outcome = std::move(outcome);
  Command command = StepReplied{flow.saga->id, std::move(reply)};
  co_return co_await submit(context, request, std::move(command));
}

Refused abort_of(const TransactionBody& body) {
  return {body.rollback_reason.empty() ? "aborted by its client" : storable(body.rollback_reason, reason_max)};
}

http::Response not_allowed(const Flow& flow, std::string_view what) {
  return dtm_failure(fmt::format("the transaction {} is {}; it cannot be {} any more", flow.saga->key,
                                 to_string(dtm_status_of(*flow.saga)), what));
}

http::Response other_content(const Flow& flow) {
  return dtm_failure(
      fmt::format("the gid {} is that of another transaction, with other content; get a new gid", flow.saga->key));
}

// A msg has no result as long as a branch has not answered as it should; then the client hears what that branch said.
bool has_result(const Flow& flow) {
  const Saga& saga = *flow.saga;
  if (is_terminal(saga.status)) return true;
  if (saga.own_definition->name != dtm_message) return false;
  for (const StepState& step : saga.steps)
    if (step.status == StepStatus::running && !step.calling && !step.error.empty()) return true;
  return false;
}

http::Response result_answer(const Flow& flow) {
  const Saga& saga = *flow.saga;
  if (saga.status == SagaStatus::completed) return dtm_success();
  if (std::string reason = rollback_reason_of(saga); !reason.empty()) return dtm_failure(std::move(reason));
  if (saga.own_definition->name == dtm_message)
    for (const StepState& step : saga.steps)
      if (step.status == StepStatus::running && !step.error.empty()) {
        // Clients would take the word for the end of the transaction.
        const bool is_refusal =
            step.error.find("FAILURE") != std::string::npos || step.error.starts_with("answered 409");
        return is_refusal ? dtm_failure(step.error) : dtm_error(step.error + "; it is tried again");
      }
  return dtm_failure(
      fmt::format("the transaction {} is not finished; it goes on, and query shows its status", saga.key));
}

awaitable<Answer> submitted_answer(Context& context, Request& request, const Flow& flow, bool waits) {
  if (!waits) co_return dtm_success();
  const Result<Flow> last = co_await await_flow(context, request, flow.order.id, result_patience, has_result);
  if (!last) co_return last.error();
  co_return result_answer(*last);
}

}  // namespace

awaitable<Answer> submit_transaction(Context& context, Request& request) {
  const auto body = read_transaction_body(request.body);
  if (!body) co_return body.error();
  const auto from = start_of(*body, false);
  if (!from) co_return from.error();
  for (int look = 0; look < looks_max; ++look) {
    Result<Started> started = co_await start(context, request, body->gid, *from);
    if (!started) co_return started.error();
    const Flow& flow = started->flow;
    if (started->is_new) co_return co_await submitted_answer(context, request, flow, body->waits_for_result);
    // What a msg does was said by its prepare.
    const bool is_of_prepare = body->trans_type == "msg" && was_prepared(*flow.saga);
    if (!started->has_same_content && !is_of_prepare) co_return other_content(flow);
    switch (dtm_status_of(*flow.saga)) {
      case DtmStatus::submitted:
        co_return co_await submitted_answer(context, request, flow, body->waits_for_result);
      case DtmStatus::prepared: {
        Outcome sent = Succeeded{};
        const Result<Receipt> receipt = co_await decide_prepared(context, request, flow, std::move(sent));
        if (receipt) co_return co_await submitted_answer(context, request, flow, body->waits_for_result);
        if (receipt.error().code != ErrorCode::retry) co_return receipt.error();
        continue;
      }
      default:
        co_return not_allowed(flow, "submitted");
    }
  }
  co_return Error{ErrorCode::retry, "the transaction changes all the time; try again"};
}

awaitable<Answer> prepare_transaction(Context& context, Request& request) {
  const auto body = read_transaction_body(request.body);
  if (!body) co_return body.error();
  const auto from = start_of(*body, true);
  if (!from) co_return from.error();
  const Result<Started> started = co_await start(context, request, body->gid, *from);
  if (!started) co_return started.error();
  if (dtm_status_of(*started->flow.saga) != DtmStatus::prepared) co_return not_allowed(started->flow, "prepared");
  if (!started->is_new && !started->has_same_content) co_return other_content(started->flow);
  co_return dtm_success();
}

awaitable<Answer> abort_transaction(Context& context, Request& request) {
  const auto body = read_transaction_body(request.body);
  if (!body) co_return body.error();
  for (int look = 0; look < looks_max; ++look) {
    const Result<Flow> flow = co_await existing_transaction(context, body->gid);
    if (!flow) co_return flow.error();
    if (dtm_status_of(*flow->saga) != DtmStatus::prepared) co_return not_allowed(*flow, "aborted");
    Outcome dropped = abort_of(*body);
    const Result<Receipt> receipt = co_await decide_prepared(context, request, *flow, std::move(dropped));
    if (receipt) co_return dtm_success();
    if (receipt.error().code != ErrorCode::retry) co_return receipt.error();
  }
  co_return Error{ErrorCode::retry, "the transaction changes all the time; try again"};
}

}  // namespace sagactl::api

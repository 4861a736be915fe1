// Answers for a step of a user's saga. Its participant calls back by the token of the call; an admin answers for the
// participant, or for the person who is waited for.
#include <fmt/format.h>

#include "server/api/operations/change_saga.hpp"
#include "server/api/operations/handlers.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/submit.hpp"
#include "server/auth/answer_token.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/message/validate.hpp"
#include "server/participants/calls/participant_request.hpp"
#include "server/saga/no_such_step.hpp"
#include "server/saga/wait_values.hpp"

namespace sagactl::api {
namespace {

constexpr std::array<std::string_view, 3> outcomes = {"done", "refused", "again"};

struct StepAnswer {
  std::string outcome;
  std::string body;  // JSON text; empty: none
  std::string reason;
  std::optional<Direction> direction;  // that the caller means
};

// A step of a user's saga, as it is stored.
struct StepSite {
  Flow flow;
  std::size_t index = 0;

  const StepDefinition& definition() const { return flow.saga->own_definition->steps[index]; }
  const StepState& state() const { return flow.saga->steps[index]; }
};

Result<StepAnswer> read_answer_of(const Request& request) {
  const auto json = http::parse_json_object(request.body, {.depth_max = 64, .members_max = 1000});
  if (!json) return json.error();
  http::ObjectReader body(*json);
  StepAnswer answer;
  answer.outcome = body.one_of("outcome", outcomes);
  answer.reason = body.optional_text("reason", {.max = reason_max}).value_or("");
  answer.direction = read_direction(body);
  if (body.has("body")) answer.body = json_text(body.any("body"));
  if (const auto valid = body.finish(); !valid) return valid.error();
  return answer;
}

Result<StepSite> find_step(Queries& queries, SagaId saga, const std::string& step) {
  auto flow = queries.flow(order_of(saga));
  if (!flow) return flow.error();
  if (!*flow || !(*flow)->saga) return Error{ErrorCode::not_found, "Saga not found", Json{{"sagaId", saga.text()}}};
  StepSite site{std::move(**flow)};
  if (!site.flow.saga->own_definition)
    return Error{ErrorCode::conflict,
                 fmt::format("saga {} is carried out by this program: nobody else answers for its steps", saga.text())};
  const auto& steps = site.flow.saga->own_definition->steps;
  while (site.index < steps.size() && steps[site.index].name != step) ++site.index;
  if (site.index == steps.size()) return no_such_step(*site.flow.saga->own_definition.definition, saga, step);
  return site;
}

// `invalid` when the body lacks what the step keeps. A wait keeps all of it, and needs what other steps name of it.
Result<Outcome> outcome_of(const StepAnswer& answer, const StepSite& site, Direction direction) {
  const StepDefinition& step = site.definition();
  if (answer.outcome == "refused") return Outcome{Refused{answer.reason.empty() ? "refused" : answer.reason}};
  if (answer.outcome == "again")
    return Outcome{Unavailable{answer.reason.empty() ? "to be tried again" : answer.reason}};
  if (direction == Direction::compensation) return Outcome{Succeeded{}};
  if (!step.call) {
    if (!answer.body.empty() && !answer.body.starts_with('{'))
      return Error{ErrorCode::invalid,
                   "`body` of the answer to a wait has to be a JSON object: later steps name its members"};
    const auto missing = missing_values(*site.flow.saga->own_definition.definition, site.index, answer.body);
    if (!missing.empty())
      return Error{ErrorCode::invalid,
                   fmt::format("`body` of the answer to a wait lacks {}, which other steps, or the result, name",
                               shown_values(missing))};
    return Outcome{Succeeded{answer.body}};
  }
  auto kept = kept_of(*step.call, answer.body);
  if (!kept) return kept.error();
  return Outcome{Succeeded{std::move(*kept)}};
}

Error step_conflict(const StepSite& site, std::string message) {
  const StepState& state = site.state();
  return Error{ErrorCode::conflict, std::move(message),
               Json{{"code", "STEP_HAS_OUTCOME"},
                    {"sagaId", site.flow.saga->id.text()},
                    {"step", site.definition().name},
                    {"stepStatus", to_string(state.status)},
                    {"attempt", state.execution},
                    {"sagaStatus", to_string(site.flow.saga->status)}}};
}

// Whether the step's state is what the answer says, so that repeating the answer changes nothing.
bool is_in_effect(const StepState& state, Direction direction, const std::string& outcome) {
  if (direction == Direction::compensation) return outcome == "done" && state.status == StepStatus::compensated;
  if (outcome == "done") return state.status == StepStatus::succeeded;
  return outcome == "refused" && state.status == StepStatus::failed;
}

// Whether another answer decided first.
bool has_lost(const StepState& state, Direction direction, const std::string& outcome) {
  if (direction == Direction::compensation) return outcome != "done" && state.status == StepStatus::compensated;
  if (outcome == "done") return state.status == StepStatus::failed;
  return state.status == StepStatus::succeeded;
}

Answer step_response(const StepSite& site) {
  const StepState& state = site.state();
  const Json body{{"sagaId", site.flow.saga->id.text()},
                  {"status", to_string(site.flow.saga->status)},
                  {"step", site.definition().name},
                  {"stepStatus", to_string(state.status)},
                  {"attempt", state.execution}};
  return http::json_response(200, body);
}

StepReplied callback_of(const StepSite& site, const auth::AnsweredCall& call, const StepAnswer& answer,
                        Outcome outcome) {
  const Direction direction = call.is_undo ? Direction::compensation : Direction::action;
  CallRecord record;
  record.step = site.index;
  record.direction = direction;
  record.execution = call.execution;
  record.tries = site.state().tries;
  record.outcome = answer.outcome == "done"      ? CallOutcome::done
                   : answer.outcome == "refused" ? CallOutcome::refused
                                                 : CallOutcome::again;
  record.answer = kept_answer(answer.body.empty() ? answer.reason : answer.body);
  StepReply reply{site.index, direction, call.execution, std::move(outcome)};
  // So that it does not answer an undo that begins meanwhile.
  if (call.is_undo) {
    reply.tries = site.state().tries;
    reply.since = site.state().began_at;
  }
  return StepReplied{site.flow.saga->id, std::move(reply), {}, false, std::move(record)};
}

// An answer to a call that has its answer already is not submitted, except one that a step is done which was undone
// meanwhile: that one is undone again.
Result<bool> is_to_be_submitted(const StepSite& site, const auth::AnsweredCall& call, const std::string& outcome) {
  const StepState& state = site.state();
  const Direction direction = call.is_undo ? Direction::compensation : Direction::action;
  if (state.execution != call.execution)
    return step_conflict(site, fmt::format("the call was of attempt {} of the step, which is at attempt {}",
                                           call.execution, state.execution));
  if (is_in_effect(state, direction, outcome)) return false;
  if (call.is_undo && call.undo_round != state.undo_round)
    return step_conflict(site, "the call was of an earlier undo of the step, which has to be undone again");
  const StepStatus expected = call.is_undo ? StepStatus::compensating : StepStatus::running;
  const bool is_late_done = outcome == "done" && !call.is_undo && site.flow.saga->status != SagaStatus::completed &&
                            state.status != StepStatus::pending && state.status != StepStatus::succeeded;
  if (state.status == expected || is_late_done) return true;
  return step_conflict(site, fmt::format("the step is {}: the call has its answer", to_string(state.status)));
}

awaitable<Answer> answer_by_token(Context& context, Request& request, StepSite site, const auth::AnsweredCall& call,
                                  const StepAnswer& answer) {
  const auto submitted = is_to_be_submitted(site, call, answer.outcome);
  if (!submitted) co_return submitted.error();
  if (!*submitted) co_return step_response(site);
  auto outcome = outcome_of(answer, site, call.is_undo ? Direction::compensation : Direction::action);
  if (!outcome) co_return http::problem(422, outcome.error().message, request);
  Command command = callback_of(site, call, answer, std::move(*outcome));
  Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  site.flow = *receipt->flow;
  if (has_lost(site.state(), call.is_undo ? Direction::compensation : Direction::action, answer.outcome))
    co_return step_conflict(site, "another answer was faster");
  co_return step_response(site);
}

awaitable<Answer> answer_by_role(Context& context, Request& request, StepSite site, StepAnswer answer,
                                 std::vector<Timestamp> accepted) {
  const Direction direction = answer.direction.value_or(direction_of(site.state()));
  auto outcome = outcome_of(answer, site, direction);
  if (!outcome) co_return http::problem(422, outcome.error().message, request);
  AnswerStepRequest asked{site.flow.saga->id, actor_of(request), site.definition().name, std::move(*outcome),
                          std::move(answer.reason)};
  asked.direction = direction;
  asked.execution = site.state().execution;
  asked.if_updated_at = std::move(accepted);
  Command command = std::move(asked);
  Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return refused_action(receipt.error(), request, "id");
  site.flow = *receipt->flow;
  co_return step_response(site);
}

}  // namespace

awaitable<Answer> answer_step(Context& context, Request& request) {
  const auto uuid = uuid_parameter(request, "id");
  if (!uuid) co_return uuid.error();
  const auto step = text_parameter(request, "step");
  if (!step) co_return step.error();
  const SagaId id{*uuid};
  const auto token = request.query_value("token");
  std::optional<auth::AnsweredCall> call;
  if (token && context.answer_tokens) call = context.answer_tokens->verify(*token, id.text(), *step);
  if (token && !call)
    co_return Error{ErrorCode::unauthenticated, "Unauthorized: the token is not of a call of this step of this saga"};
  if (!token && !request.caller)
    co_return Error{ErrorCode::unauthenticated, "Unauthorized: send the token of the call, or log in as an admin"};
  if (!token && !request.caller->is_admin()) co_return Error{ErrorCode::forbidden, "Forbidden resource"};
  AcceptedVersions accepted = accepted_versions(request);
  if (accepted.are_weak) co_return weak_tags_refused(request);
  if (token && !accepted.times.empty())
    co_return http::problem(412, "nothing was changed: an answer by token does not support If-Match; leave it out",
                            request);
  auto answer = read_answer_of(request);
  if (!answer) co_return answer.error();
  auto read = [&queries = context.queries, id, step = *step] { return find_step(queries, id, step); };
  auto site = co_await context.query_threads.run(std::move(read));
  if (!site) co_return site.error();
  if (call) co_return co_await answer_by_token(context, request, std::move(*site), *call, *answer);
  co_return co_await answer_by_role(context, request, std::move(*site), std::move(*answer), std::move(accepted.times));
}

}  // namespace sagactl::api

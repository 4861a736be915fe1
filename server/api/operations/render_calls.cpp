#include "server/api/operations/render_calls.hpp"

#include "server/api/render.hpp"
#include "server/participants/calls/participant_request.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl::api {
namespace {

// Of an LRA: whether the call told a participant to forget its failure. Tries are counted from 1 when a step is
// retried.
bool told_to_forget(const std::vector<CallRecord>& calls, std::size_t at) {
  const CallRecord& call = calls[at];
  for (std::size_t i = at; i-- > 0;) {
    const CallRecord& before = calls[i];
    if (before.step != call.step || before.direction != call.direction) continue;
    if (before.tries >= call.tries) return false;
    if (before.outcome == CallOutcome::refused) return true;
  }
  return false;
}

// The saga as it was when it made the call, as far as requests depend on it.
Saga saga_at(const Saga& saga, const CallRecord& record, bool forgets) {
  Saga then = saga;
  StepState& step = then.steps[record.step];
  step.execution = record.execution;
  step.location.clear();
  if (is_lra(saga)) step.kept = forgets ? std::string(lra_failed_prefix) : std::string();
  return then;
}

Json request_json(const Saga& saga, const CallRecord& record, bool forgets) {
  const SagaDefinition& definition = *saga.own_definition.definition;
  const StepDefinition& step = definition.steps[record.step];
  if (!step.call || (record.is_question && !step.call->ask)) return nullptr;
  StepCall call{saga.id, record.step, record.direction, record.execution, record.tries};
  call.ask_first = call.ask_only = record.is_question;
  const auto request = request_of(saga_at(saga, record, forgets), call, Moment{});
  if (!request || !request->definition) return nullptr;
  const bool has_participant = request->participant < definition.participants.size();
  Json json{{"participant", has_participant ? Json(definition.participants[request->participant].name) : Json(nullptr)},
            {"method", text_or_null(request->method)},
            {"url", text_or_null(request->url)},
            {"command", text_or_null(request->command)},
            {"body", nullptr}};
  if (request->body.empty()) return json;
  Json body = read_json(request->body);
  json["body"] = body.is_discarded() ? Json(request->body) : std::move(body);
  return json;
}

Json call_json(const Saga& saga, const CallRecord& record, bool forgets) {
  const bool is_known = saga.own_definition && record.step < saga.own_definition->steps.size();
  return Json{{"step", is_known ? Json(saga.own_definition->steps[record.step].name) : Json(record.step)},
              {"direction", record.direction == Direction::action ? "do" : "undo"},
              {"attempt", record.execution},
              {"try", record.tries},
              {"isQuestion", record.is_question},
              {"request", is_known ? request_json(saga, record, forgets) : Json(nullptr)},
              {"outcome", to_string(record.outcome)},
              {"status", record.status == 0 ? Json(nullptr) : Json(record.status)},
              {"answer", text_or_null(record.answer)},
              {"at", iso8601_ms(record.at)},
              {"tookMs", static_cast<double>(record.took.count()) / 1000.0},
              {"nodeId", text_or_null(record.node)}};
}

}  // namespace

Json calls_json(const Saga& saga, const std::vector<CallRecord>& calls) {
  Json list = Json::array();
  for (std::size_t i = 0; i < calls.size(); ++i)
    list.push_back(call_json(saga, calls[i], is_lra(saga) && told_to_forget(calls, i)));
  return list;
}

}  // namespace sagactl::api

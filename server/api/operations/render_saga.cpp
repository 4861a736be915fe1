#include "server/api/operations/render_saga.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/text/text.hpp"
#include "common/trace_id.hpp"
#include "server/api/render.hpp"
#include "server/participants/calls/lra_call.hpp"
#include "server/participants/calls/participant_request.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/lra_view.hpp"
#include "server/saga/saga_view.hpp"

namespace sagactl::api {
namespace {

Json step_json(const StepDefinition& definition, const StepState& state) {
  return Json{{"name", definition.name},
              {"status", to_string(state.status)},
              {"attempt", state.execution},
              {"tries", state.tries},
              {"inDoubt", state.in_doubt},
              {"startedAt", time_or_null(state.began_at)},
              {"endedAt", is_in_progress(state) ? Json(nullptr) : time_or_null(state.ended_at)},
              {"nodeId", text_or_null(state.node)},
              {"error", text_or_null(state.error)}};
}

void add_members_of_users_step(Json& json, const SagaDefinition& definition, std::size_t i, const StepState& state) {
  const StepDefinition& step = definition.steps[i];
  json["kind"] = to_string(step.kind);
  json["after"] = Json::array();
  for (const std::size_t before : steps_before(definition, i)) json["after"].push_back(definition.steps[before].name);
  const bool has_participant = step.call && step.call->participant < definition.participants.size();
  json["participant"] = has_participant ? Json(definition.participants[step.call->participant].name) : Json(nullptr);
  if (definition.lra && step.call) json["part"] = to_string(step.call->part);
  json["kept"] = stored_json(state.kept);
  json["waitsUntil"] = state.wake_at ? Json(iso8601_ms(*state.wake_at)) : Json(nullptr);
}

// Of a saga of another version of its definition, only the steps that both versions have.
Json steps_json(const SagaDefinition* definition, const Saga& saga) {
  Json list = Json::array();
  if (definition == nullptr) return list;
  for (std::size_t i = 0; i < saga.steps.size() && i < definition->steps.size(); ++i) {
    Json step = step_json(definition->steps[i], saga.steps[i]);
    if (!definition->is_built_in()) add_members_of_users_step(step, *definition, i, saga.steps[i]);
    list.push_back(std::move(step));
  }
  return list;
}

Json retries_json(const Saga& saga) {
  Json list = Json::array();
  for (const OperatorRetry& retry : saga.retries)
    list.push_back(Json{{"retryAt", iso8601_ms(retry.at)}, {"fromStep", retry.from_step}, {"by", retry.by}});
  return list;
}

Json saga_data_json(const Flow& flow) {
  return Json{{"items", to_json(flow.order.items)},
              {"userId", flow.order.user.text()},
              {"orderId", flow.order.id.text()},
              {"totalAmount", flow.order.total.number()},
              {"shippingAddress", flow.order.address}};
}

// An LRA in its clients' words: who joined when, and how they do.
Json lra_members(const Saga& saga) {
  const LraDefinition& lra = *saga.own_definition->lra;
  Json participants = Json::array();
  for (std::size_t i = 0; i < lra.participants.size(); ++i) {
    const LraParticipant& each = lra.participants[i];
    const std::size_t step = first_lra_step(lra, i);
    const std::string_view status = each.has_left() ? "Left" : to_string(lra_participant_status_of(saga, step));
    participants.push_back(Json{{"name", lra_step_name(step)},
                                {"compensate", text_or_null(each.links.compensate)},
                                {"complete", text_or_null(each.links.complete)},
                                {"after", text_or_null(each.links.after)},
                                {"nested", each.nested ? Json(each.nested->text()) : Json(nullptr)},
                                {"status", status},
                                {"joinedAt", iso8601_ms(each.joined_at)},
                                {"leftAt", time_or_null(each.left_at)}});
  }
  const auto parent = saga_of_lra_id(lra.parent);
  return Json{{"id", lra_id(lra, saga.id)},
              {"status", to_string(lra_status_of(saga))},
              {"parent", parent ? Json(parent->text()) : Json(nullptr)},
              {"participants", std::move(participants)}};
}

// What a saga is about: an order, or the input of a user's saga.
void add_subject(Json& json, const Flow& flow, const SagaDefinition* definition) {
  if (!is_users_saga(flow)) {
    json["data"] = saga_data_json(flow);
    return;
  }
  const Saga& saga = *flow.saga;
  json["definition"] = saga.type;
  json["definitionVersion"] = saga.definition_version;
  json["input"] = stored_json(saga.input);
  json["key"] = text_or_null(saga.key);
  json["result"] = saga.status == SagaStatus::completed ? stored_json(result_of(saga)) : Json(nullptr);
  if (is_lra(saga)) json["lra"] = lra_members(saga);
  json["currentSteps"] = definition ? Json(steps_in_progress(*definition, saga)) : Json::array();
}

// Members that the reference system's answers do not have.
void add_own_members(Json& json, const SagaDefinition* definition, const Saga& saga) {
  json["steps"] = steps_json(definition, saga);
  json["nodeId"] = text_or_null(saga.owner.node);
  json["requiresManualIntervention"] = saga.requires_manual_intervention;
  json["nextTryAt"] = saga.wake_at ? Json(iso8601_ms(*saga.wake_at)) : Json(nullptr);
  json["retryHistory"] = retries_json(saga);
  json["version"] = saga.version;
  json["traceId"] = trace_id_or_null(saga.trace_parent);
}

Json steps_completed(const SagaDefinition* definition, const Saga& saga) {
  return definition ? Json(completed_steps(*definition, saga)) : Json::array();
}

Json steps_compensated(const SagaDefinition* definition, const Saga& saga) {
  return definition ? Json(compensation_steps(*definition, saga)) : Json::array();
}

std::string step_of(const SagaDefinition* definition, const Saga& saga) {
  return definition ? current_step(*definition, saga) : std::string(to_string(saga.status));
}

}  // namespace

std::string saga_step(const Flow& flow) {
  return step_of(definition_of(*flow.saga), *flow.saga);
}

Json trace_id_or_null(const std::string& trace_parent) {
  const auto trace = trace_id_of(trace_parent);
  return trace ? Json(*trace) : Json(nullptr);
}

std::string saga_etag(const Saga& saga) {
  return fmt::format("\"{:x}\"", saga.updated_at.us);
}

std::vector<Timestamp> times_of_etags(std::string_view if_match) {
  std::vector<Timestamp> times;
  for (const std::string& part : split(if_match, ',')) {
    const std::string_view tag = trim(part);
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') continue;
    Timestamp time;
    const char* end = tag.data() + tag.size() - 1;
    const auto [at, error] = std::from_chars(tag.data() + 1, end, time.us, 16);
    if (error == std::errc() && at == end) times.push_back(time);
  }
  return times;
}

Json saga_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const SagaDefinition* definition = definition_of(saga);
  Json json{{"id", saga.id.text()},
            {"sagaType", saga.type},
            {"correlationId", correlation_of(flow)},
            {"status", to_string(saga.status)},
            {"currentStep", step_of(definition, saga)},
            {"completedSteps", steps_completed(definition, saga)},
            {"compensationSteps", steps_compensated(definition, saga)}};
  add_subject(json, flow, definition);
  json["errorMessage"] = text_or_null(saga.error);
  json["createdAt"] = iso8601_ms(saga.created_at);
  json["updatedAt"] = iso8601_ms(saga.updated_at);
  add_own_members(json, definition, saga);
  return json;
}

Json traced_saga_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const SagaDefinition* definition = definition_of(saga);
  Json json{{"id", saga.id.text()},
            {"type", saga.type},
            {"status", to_string(saga.status)},
            {"currentStep", step_of(definition, saga)},
            {"completedSteps", steps_completed(definition, saga)},
            {"compensationSteps", steps_compensated(definition, saga)},
            {"errorMessage", text_or_null(saga.error)},
            {"createdAt", iso8601_ms(saga.created_at)},
            {"updatedAt", iso8601_ms(saga.updated_at)}};
  if (is_users_saga(flow)) add_subject(json, flow, definition);
  add_own_members(json, definition, saga);
  return json;
}

Json saga_in_status_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  Json json{{"id", saga.id.text()},
            {"sagaType", saga.type},
            {"correlationId", correlation_of(flow)},
            {"currentStep", saga_step(flow)}};
  add_subject(json, flow, definition_of(saga));
  json["errorMessage"] = text_or_null(saga.error);
  json["createdAt"] = iso8601_ms(saga.created_at);
  return json;
}

Json order_processing_saga_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const SagaDefinition* definition = definition_of(saga);
  return Json{{"id", saga.id.text()},
              {"correlationId", correlation_of(flow)},
              {"status", to_string(saga.status)},
              {"currentStep", step_of(definition, saga)},
              {"orderId", flow.order.id.text()},
              {"userId", flow.order.user.text()},
              {"totalAmount", flow.order.total.number()},
              {"completedSteps", steps_completed(definition, saga)},
              {"compensationSteps", steps_compensated(definition, saga)},
              {"errorMessage", text_or_null(saga.error)},
              {"createdAt", iso8601_ms(saga.created_at)},
              {"updatedAt", iso8601_ms(saga.updated_at)}};
}

}  // namespace sagactl::api

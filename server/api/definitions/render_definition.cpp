#include "server/api/definitions/render_definition.hpp"

#include "server/api/render.hpp"

namespace sagactl::api {
namespace {

Json milliseconds_or_null(Duration duration) {
  return duration == Duration::max() ? Json(nullptr) : Json(milliseconds(duration));
}

Json retry_policy_json(const RetryPolicy& retry) {
  return Json{{"firstMs", milliseconds(retry.first)},
              {"capMs", milliseconds(retry.cap)},
              {"budgetMs", milliseconds(retry.budget)}};
}

Json step_definition_json(const StepDefinition& step) {
  Json json{{"name", step.name},
            {"action", step.action},
            {"compensation", nullptr},
            {"compensatedAs", nullptr},
            {"timeoutMs", milliseconds(step.timeout)},
            {"retry", retry_policy_json(step.retry)}};
  if (step.compensation.empty()) return json;
  json["compensation"] = step.compensation;
  json["compensatedAs"] = step.compensated_as;
  json["compensationRetry"] = retry_policy_json(step.compensation_retry);
  return json;
}

Json users_step_json(const SagaDefinition& definition, std::size_t i) {
  const StepDefinition& step = definition.steps[i];
  Json json = step_definition_json(step);
  json["kind"] = to_string(step.kind);
  json["after"] = Json::array();
  for (const std::size_t before : steps_before(definition, i)) json["after"].push_back(definition.steps[before].name);
  json["participant"] = step.call ? Json(definition.participants[step.call->participant].name) : Json(nullptr);
  json["waitsMs"] = milliseconds_or_null(step.waits);
  return json;
}

Json definition_json(const SagaDefinition& definition, Json steps) {
  const bool has_pivot = definition.pivot < definition.steps.size();
  Json topics = Json::array();
  for (const TopicRule& rule : definition.topics)
    topics.push_back(
        Json{{"aggregate", to_string(rule.aggregate)}, {"event", to_string(rule.event)}, {"topic", rule.topic}});
  return Json{{"name", definition.name},
              {"version", definition.version},
              {"mode", to_string(definition.mode)},
              {"pivot", has_pivot ? Json(definition.steps[definition.pivot].name) : Json(nullptr)},
              {"timeoutMs", milliseconds_or_null(definition.timeout)},
              {"steps", std::move(steps)},
              {"topics", std::move(topics)},
              {"builtIn", definition.is_built_in()},
              {"retired", false}};
}

}  // namespace

Json built_in_definition_json(const SagaDefinition& definition) {
  Json steps = Json::array();
  for (const StepDefinition& each : definition.steps) steps.push_back(step_definition_json(each));
  return definition_json(definition, std::move(steps));
}

Json users_definition_json(const StoredDefinition& stored) {
  const SagaDefinition& definition = *stored.definition;
  Json steps = Json::array();
  for (std::size_t i = 0; i < definition.steps.size(); ++i) steps.push_back(users_step_json(definition, i));
  Json json = definition_json(definition, std::move(steps));
  json["retired"] = stored.is_retired;
  json["publishedAt"] = iso8601_ms(stored.published_at);
  json["participants"] = Json::array();
  for (const ParticipantDefinition& each : definition.participants) json["participants"].push_back(each.name);
  json["search"] = definition.search;
  return json;
}

}  // namespace sagactl::api

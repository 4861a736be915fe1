// The saga definitions that this node runs, as JSON; and orders for any of them.
#include "server/api/operations/handlers.hpp"
#include "server/api/orders/parse_order.hpp"
#include "server/api/orders/place_order.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/render.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

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

Json saga_definition_json(const SagaDefinition& definition) {
  Json steps = Json::array(), topics = Json::array();
  for (const StepDefinition& each : definition.steps) steps.push_back(step_definition_json(each));
  for (const TopicRule& rule : definition.topics)
    topics.push_back(
        Json{{"aggregate", to_string(rule.aggregate)}, {"event", to_string(rule.event)}, {"topic", rule.topic}});
  return Json{{"name", definition.name},
              {"version", definition.version},
              {"mode", to_string(definition.mode)},
              {"pivot", definition.steps[definition.pivot].name},
              {"timeoutMs", milliseconds(definition.timeout)},
              {"steps", std::move(steps)},
              {"topics", std::move(topics)}};
}

}  // namespace

Answer list_saga_definitions(Context&, Request&) {
  Json all = Json::array();
  for (const SagaDefinition& definition : definitions()) all.push_back(saga_definition_json(definition));
  return http::json_response(200, Json{{"definitions", std::move(all)}});
}

awaitable<Answer> post_order_for_definition(Context& context, Request& request) {
  const SagaDefinition* definition = find_definition(request.parameter("name"));
  if (!definition) co_return Error{ErrorCode::not_found, "Saga definition not found"};
  auto parsed = parse_customer_order(request.body, definition->name);
  co_return co_await place_order(context, request, std::move(parsed), placed_order_json, "/orders/");
}

}  // namespace sagactl::api

// The saga definitions that this node knows, as data; and an order for any of them.
#include "server/api/orders/place_order.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/routes.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

Json ms(Duration duration) { return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(); }

Json policy(const RetryPolicy& retry) {
  return Json{{"firstMs", ms(retry.first)}, {"capMs", ms(retry.cap)}, {"budgetMs", ms(retry.budget)}};
}

Json step(const StepDefinition& step) {
  Json json{{"name", step.name},
            {"action", step.action},
            {"compensation", nullptr},
            {"compensatedAs", nullptr},
            {"timeoutMs", ms(step.timeout)},
            {"retry", policy(step.retry)}};
  if (step.compensation.empty()) return json;
  json["compensation"] = step.compensation;
  json["compensatedAs"] = step.compensated_as;
  json["compensationRetry"] = policy(step.compensation_retry);
  return json;
}

Json definition(const SagaDefinition& definition) {
  Json steps = Json::array(), topics = Json::array();
  for (const StepDefinition& each : definition.steps) steps.push_back(step(each));
  for (const TopicRule& rule : definition.topics)
    topics.push_back(Json{
        {"aggregate", to_string(rule.aggregate)}, {"event", to_string(rule.event)}, {"topic", rule.topic}});
  return Json{{"name", definition.name},
              {"version", definition.version},
              {"mode", to_string(definition.mode)},
              {"pivot", definition.steps[definition.pivot].name},
              {"timeoutMs", ms(definition.timeout)},
              {"steps", std::move(steps)},
              {"topics", std::move(topics)}};
}

boost::asio::awaitable<http::Answer> place_any(Context& context, http::Request& request) {
  const SagaDefinition* definition = find_definition(request.parameter("name"));
  if (!definition) co_return Error{ErrorCode::not_found, "Saga definition not found"};
  auto parsed = parse_customer_order(request.body, definition->name);
  co_return co_await place(context, request, std::move(parsed), placed_order, "/orders/");
}

}  // namespace

void add_definition_routes(http::Router& router, Context& context) {
  const auto list = [](http::Request&) -> http::Answer {
    Json all = Json::array();
    for (const SagaDefinition& each : definitions()) all.push_back(definition(each));
    return http::json_response(200, Json{{"definitions", std::move(all)}});
  };
  router.add({http::Method::get, "/sagas/definitions", http::Access::guest, list,
              "The sagas that this node runs: steps, compensation, pivot, retries", "sagas"});
  router.add({http::Method::post, "/sagas/definitions/{name}/orders", http::Access::user,
              [&context](http::Request& request) { return place_any(context, request); },
              "Places an order with a saga of any definition", "sagas"});
}

}  // namespace sagactl::api

// The saga definitions that can be run: the built-in ones, and the users' own with their versions.
#include "server/api/definitions/find_definition.hpp"
#include "server/api/definitions/handlers.hpp"
#include "server/api/definitions/render_definition.hpp"
#include "server/api/query.hpp"

namespace sagactl::api {
namespace {

// The definition in full; `text` is its canonical JSON.
Json whole_definition_json(Json json, const std::string& text) {
  json["definition"] = text.empty() ? Json(nullptr) : read_json(text);
  return json;
}

Json version_json(const StoredDefinition& stored) {
  return Json{{"version", stored.definition->version},
              {"publishedAt", iso8601_ms(stored.published_at)},
              {"retired", stored.is_retired}};
}

}  // namespace

awaitable<Answer> list_saga_definitions(Context& context, Request&) {
  auto read = [&queries = context.queries] { return queries.definitions(); };
  const auto users = co_await context.query_threads.run(std::move(read));
  if (!users) co_return users.error();
  Json all = Json::array();
  for (const SagaDefinition& definition : definitions()) all.push_back(built_in_definition_json(definition));
  for (std::size_t i = 0; i < users->size(); ++i) {
    const bool is_newest = i + 1 == users->size() || (*users)[i + 1].definition->name != (*users)[i].definition->name;
    if (is_newest) all.push_back(users_definition_json((*users)[i]));
  }
  const Json body{{"definitions", std::move(all)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> get_definition(Context& context, Request& request) {
  const auto name = text_parameter(request, "name");
  if (!name) co_return name.error();
  QueryReader query(request);
  std::optional<int> version;
  if (request.query_value("version")) version = static_cast<int>(query.integer("version", 1, 1, 1'000'000'000));
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  const SagaDefinition* built_in = find_definition(*name);
  if (built_in && version.value_or(built_in->version) == built_in->version)
    co_return http::json_response(200, whole_definition_json(built_in_definition_json(*built_in), {}));
  auto read = [&queries = context.queries, name = *name, version] {
    return find_users_definition(queries, name, version);
  };
  const auto found = co_await context.query_threads.run(std::move(read));
  if (!found) co_return found.error();
  co_return http::json_response(200, whole_definition_json(users_definition_json(*found), found->definition->text));
}

awaitable<Answer> list_definition_versions(Context& context, Request& request) {
  const auto name = text_parameter(request, "name");
  if (!name) co_return name.error();
  Json versions = Json::array();
  if (const SagaDefinition* built_in = find_definition(*name)) {
    versions.push_back(Json{{"version", built_in->version}, {"publishedAt", nullptr}, {"retired", false}});
    const Json body{{"name", *name}, {"versions", std::move(versions)}};
    co_return http::json_response(200, body);
  }
  auto read = [&queries = context.queries, name = *name]() -> Result<std::vector<StoredDefinition>> {
    if (auto found = find_users_definition(queries, name); !found) return found.error();
    return queries.definitions();
  };
  const auto all = co_await context.query_threads.run(std::move(read));
  if (!all) co_return all.error();
  for (const StoredDefinition& each : *all)
    if (each.definition->name == *name) versions.push_back(version_json(each));
  const Json body{{"name", *name}, {"versions", std::move(versions)}};
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api

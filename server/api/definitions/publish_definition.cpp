// Publishing and retiring users' definitions.
#include <fmt/format.h>

#include "common/text/text.hpp"
#include "server/api/definitions/find_definition.hpp"
#include "server/api/definitions/handlers.hpp"
#include "server/api/query.hpp"
#include "server/definitions/definition_diff.hpp"
#include "server/definitions/read_definition.hpp"
#include "server/http/message/problem.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl::api {
namespace {

Error cannot_change_built_in(const std::string& name) {
  return Error{ErrorCode::conflict,
               fmt::format("{} is built in: it is neither published nor retired; choose another name", name),
               Json{{"definition", name}, {"code", "DEFINITION_BUILT_IN"}}};
}

// A text whose type is JSON has to be JSON; any other is recognized from its beginning.
std::string_view name_of_file(const Request& request) {
  const std::string type = lower(request.header("content-type"));
  return type.find("json") != type.npos ? "definition.json" : "definition.yaml";
}

Problem mistake_at(std::string path, std::string message, std::string hint = {}) {
  return Problem{Severity::mistake, {}, std::move(path), std::move(message), std::move(hint)};
}

// A definition that this node can publish and run; none: `problems` say why not.
struct Publishable {
  DefinitionPointer definition;
  std::string text;
  std::vector<Problem> problems;
};

Publishable read_publishable(const std::string& body, std::string_view file, const std::string& name,
                             const ParticipantCaller* participants) {
  DefinitionRead read = read_definition(body, file);
  Publishable out{nullptr, {}, std::move(read.problems)};
  if (const std::string named = read.name(); !named.empty() && named != name)
    out.problems.push_back(mistake_at("/saga",
                                      fmt::format("the definition is of `{}`, and the path names `{}`", named, name),
                                      "publish it under its own name"));
  if (!read.canonical || has_mistake(out.problems)) return out;
  out.text = read.text();
  auto compiled = compile_definition(out.text, 1);
  if (!compiled) {
    out.problems.push_back(mistake_at("", compiled.error().message));
    return out;
  }
  if (const auto may_call = participants ? participants->check(**compiled) : Result<void>{}; !may_call) {
    out.problems.push_back(mistake_at("/participants", may_call.error().message));
    return out;
  }
  out.definition = std::move(*compiled);
  return out;
}

Json mistakes_document(const std::vector<Problem>& problems) {
  return Json{{"code", "DEFINITION_INVALID"}, {"errors", problems_json(problems)}};
}

std::string summary_of(const std::vector<Problem>& problems) {
  std::size_t mistakes = 0;
  for (const Problem& problem : problems) mistakes += problem.severity == Severity::mistake;
  return mistakes == 1 ? std::string("the definition has a mistake")
                       : fmt::format("the definition has {} mistakes", mistakes);
}

struct Published {
  std::vector<Problem> problems;  // with a mistake: nothing was published
  PublishedDefinition made;
  Json diff = nullptr;  // of a dry run, to the newest version
};

Result<Published> dry_run(Queries& queries, const std::string& name, Publishable read) {
  Published out{std::move(read.problems), {}, nullptr};
  auto newest = queries.definition(name, std::nullopt);
  if (!newest) return newest.error();
  const std::string before = *newest ? (*newest)->definition->text : std::string();
  const int version = *newest ? (*newest)->definition->version : 0;
  out.made.is_new = before != read.text;
  out.made.version = out.made.is_new ? version + 1 : version;
  out.diff = definition_diff(before.empty() ? Json::object() : read_json(before), read_json(read.text));
  return out;
}

Json published_json(const std::string& name, const Published& published, bool is_dry_run) {
  Json json{{"name", name},
            {"version", published.made.version},
            {"isNew", published.made.is_new},
            {"warnings", problems_json(published.problems)}};
  if (is_dry_run) {
    json["dryRun"] = true;
    json["diff"] = published.diff;
  }
  return json;
}

}  // namespace

awaitable<Answer> put_definition(Context& context, Request& request) {
  const auto name = text_parameter(request, "name");
  if (!name) co_return name.error();
  QueryReader query(request);
  const bool is_dry_run = query.boolean("dryRun");
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  if (find_definition(*name)) co_return cannot_change_built_in(*name);
  // On a query thread: checking asks the name service, and publishing writes.
  auto publish = [&context, body = request.body, file = name_of_file(request), name = *name, is_dry_run,
                  participants = context.participants]() -> Result<Published> {
    Publishable read = read_publishable(body, file, name, participants.get());
    if (!read.definition) return Published{std::move(read.problems), {}, nullptr};
    if (is_dry_run) return dry_run(context.queries, name, std::move(read));
    if (auto prepared = participants ? participants->prepare(*read.definition) : Result<void>{}; !prepared)
      return prepared.error();
    auto made = context.store.publish(name, read.text);
    if (!made) return made.error();
    context.definition_cache.forget(name);
    return Published{std::move(read.problems), *made, nullptr};
  };
  const auto published = co_await context.query_threads.list(std::move(publish));
  if (!published) co_return published.error();
  if (has_mistake(published->problems))
    co_return http::problem(422, summary_of(published->problems), request, mistakes_document(published->problems));
  const bool is_created = published->made.is_new && !is_dry_run;
  http::Response response = http::json_response(is_created ? 201 : 200, published_json(*name, *published, is_dry_run));
  if (is_created)
    response.headers.push_back(
        {"Location", fmt::format("/sagas/definitions/{}?version={}", *name, published->made.version)});
  co_return response;
}

awaitable<Answer> retire_definition(Context& context, Request& request) {
  const auto name = text_parameter(request, "name");
  if (!name) co_return name.error();
  if (find_definition(*name)) co_return cannot_change_built_in(*name);
  auto retire = [&context, name = *name]() -> Result<StoredDefinition> {
    auto found = find_users_definition(context.queries, name);
    if (!found) return found.error();
    const auto retired = context.store.retire(name);
    if (!retired) return retired.error();
    context.definition_cache.forget(name);
    return found;
  };
  const auto retired = co_await context.query_threads.run(std::move(retire));
  if (!retired) co_return retired.error();
  const Json body{{"name", *name}, {"version", retired->definition->version}, {"retired", true}};
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api

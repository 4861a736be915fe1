#include "server/api/definitions/find_definition.hpp"

#include <fmt/format.h>

#include "common/text/text.hpp"

namespace sagactl::api {
namespace {

Result<std::vector<std::string>> names_of_definitions(Queries& queries) {
  auto all = queries.definitions();
  if (!all) return all.error();
  std::vector<std::string> names;
  for (const StoredDefinition& each : *all)
    if (names.empty() || names.back() != each.definition->name) names.push_back(each.definition->name);
  for (const SagaDefinition& each : definitions()) names.push_back(each.name);
  return names;
}

Error no_version(const std::string& name, int version, int newest) {
  return Error{ErrorCode::not_found,
               fmt::format("saga definition {} has no version {}; its newest is {}", name, version, newest),
               Json{{"definition", name}, {"version", version}}};
}

}  // namespace

Result<StoredDefinition> find_users_definition(Queries& queries, const std::string& name, std::optional<int> version) {
  auto found = queries.definition(name, version);
  if (!found) return found.error();
  if (*found) return std::move(**found);
  if (version) {
    auto newest = queries.definition(name, std::nullopt);
    if (!newest) return newest.error();
    if (*newest) return no_version(name, *version, (*newest)->definition->version);
  }
  const auto names = names_of_definitions(queries);
  if (!names) return names.error();
  const std::string near = nearest(name, *names);
  const std::string hint = near.empty() ? std::string() : fmt::format("; did you mean {}?", near);
  return Error{ErrorCode::not_found, fmt::format("there is no saga definition {}{}", name, hint),
               Json{{"definition", name}, {"nearest", near.empty() ? Json(nullptr) : Json(near)}}};
}

}  // namespace sagactl::api

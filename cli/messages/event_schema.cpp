#include "cli/messages/event_schema.hpp"

#include <fmt/format.h>

#include <set>

#include "cli/flag.hpp"
#include "embedded/events_document.hpp"
#include "server/saga/event.hpp"

namespace sagactl {
namespace {

constexpr std::string_view schemas_place = "#/components/schemas/", definitions_place = "#/$defs/";

// Redirects references to `$defs`, and collects the names that they refer to.
void point_references(Json& json, std::set<std::string>& named) {
  if (json.is_array())
    for (Json& each : json) point_references(each, named);
  if (!json.is_object()) return;
  for (auto& [name, member] : json.items()) {
    if (name != "$ref") {
      point_references(member, named);
      continue;
    }
    const std::string target = member.get<std::string>().substr(schemas_place.size());
    named.insert(target);
    member = fmt::format("{}{}", definitions_place, target);
  }
}

}  // namespace

const std::string& events_document() {
  static const std::string text(embedded::events_document().front().text);
  return text;
}

std::vector<std::string> event_names() {
  return choices_of<EventType>();
}

Result<Json> event_schema(const std::string& name) {
  if (!from_string<EventType>(name)) return not_one_of(name, event_names());
  const Json schemas = Json::parse(events_document())["components"]["schemas"];
  Json schema = schemas[name];
  std::set<std::string> found;
  point_references(schema, found);
  Json definitions = Json::object();
  while (!found.empty()) {
    std::set<std::string> more;
    for (const std::string& each : found) {
      if (definitions.contains(each)) continue;
      definitions[each] = schemas[each];
      point_references(definitions[each], more);
    }
    found = std::move(more);
  }
  Json complete = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", name}};
  complete.update(schema);
  complete["$defs"] = std::move(definitions);
  return complete;
}

}  // namespace sagactl

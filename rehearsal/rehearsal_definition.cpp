#include "rehearsal/rehearsal_definition.hpp"

#include <fmt/format.h>

#include "server/saga/compile_definition.hpp"

namespace sagactl {

Result<DefinitionPointer> rehearsal_definition(const Json& definition, const std::map<std::string, std::string>& urls) {
  Json changed = definition;
  changed.erase("timeout");
  Json participants = changed.value("participants", Json::object());
  for (const auto& [name, url] : urls) {
    if (!participants.contains(name))
      return Error{ErrorCode::invalid, fmt::format("the definition has no participant '{}'", name)};
    participants[name]["url"] = url;
    participants[name].erase("kafka");
  }
  for (auto& [name, participant] : participants.items())
    participant["retry"] = {{"first", "20ms"}, {"cap", "100ms"}, {"budget", "3s"}};
  changed["participants"] = std::move(participants);
  if (changed.contains("steps"))
    for (Json& step : changed["steps"]) {
      if (step.contains("sleep")) step["sleep"] = "10ms";
      if (step.contains("wait")) step["wait"] = Json::object();
    }
  return compile_definition(json_text(changed), 1);
}

}  // namespace sagactl

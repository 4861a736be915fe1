#include "rehearsal/rehearsal_definition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {
namespace {

Error no_such_participant(const std::string& name, const Json& participants) {
  std::vector<std::string> names;
  for (const auto& [each, ignored] : participants.items()) names.push_back(each);
  const std::string near = nearest(name, names);
  const std::string hint = near.empty() ? "; it has " + join(names, ", ") : fmt::format("; did you mean {}?", near);
  return Error{ErrorCode::invalid, fmt::format("the definition has no participant '{}'{}", name, hint)};
}

// The steps that no step comes after.
std::vector<std::string> last_steps(const SagaDefinition& definition) {
  std::vector<bool> is_last(definition.steps.size(), true);
  for (std::size_t i = 0; i < definition.steps.size(); ++i)
    for (const std::size_t before : steps_before(definition, i)) is_last[before] = false;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < definition.steps.size(); ++i)
    if (is_last[i]) names.push_back(definition.steps[i].name);
  return names;
}

// A wait after all steps: a saga whose last step is done has ended, and could not be turned back to rehearse the undo.
void add_wait_at_the_end(Json& definition, const SagaDefinition& compiled) {
  std::string name = "end_of_rehearsal";
  const auto is_taken = [&](const StepDefinition& step) { return step.name == name; };
  while (std::any_of(compiled.steps.begin(), compiled.steps.end(), is_taken)) name += "_";
  definition["steps"].push_back(Json{{"name", name}, {"after", last_steps(compiled)}, {"wait", Json::object()}});
}

}  // namespace

Result<DefinitionPointer> rehearsal_definition(const Json& definition, const std::map<std::string, std::string>& urls) {
  Json changed = definition;
  changed.erase("timeout");
  Json participants = changed.value("participants", Json::object());
  for (const auto& [name, url] : urls) {
    if (!participants.contains(name)) return no_such_participant(name, participants);
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
  auto compiled = compile_definition(json_text(changed), 1);
  if (!compiled || (*compiled)->steps.size() >= steps_max) return compiled;
  add_wait_at_the_end(changed, **compiled);
  return compile_definition(json_text(changed), 1);
}

}  // namespace sagactl

#include "rehearsal/wait_answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "server/saga/wait_values.hpp"

namespace sagactl {
namespace {

std::string made_up_answer(const SagaDefinition& definition, std::size_t wait) {
  Json answer = Json::object();
  for (const ValuePath& path : values_needed_of(definition, wait)) {
    Json* at = &answer;
    for (std::size_t i = 1; i < path.members.size(); ++i) {
      if (!at->is_object()) *at = Json::object();
      at = &(*at)[path.members[i]];
    }
    if (at->is_null()) *at = "rehearsed";
  }
  return json_text(answer);
}

}  // namespace

WaitAnswers complete_answers(const SagaDefinition& definition, WaitAnswers given) {
  for (std::size_t i = 0; i < definition.steps.size(); ++i)
    if (definition.steps[i].kind == StepKind::wait)
      given.try_emplace(definition.steps[i].name, made_up_answer(definition, i));
  return given;
}

Result<void> check_answers(const SagaDefinition& definition, const WaitAnswers& given) {
  for (const auto& [name, answer] : given) {
    const auto named = [&name = name](const StepDefinition& step) {
      return step.kind == StepKind::wait && step.name == name;
    };
    const auto step = std::find_if(definition.steps.begin(), definition.steps.end(), named);
    if (step == definition.steps.end())
      return Error{ErrorCode::invalid, fmt::format("the saga has no wait '{}'", name)};
    if (!read_json(answer).is_object())
      return Error{ErrorCode::invalid, fmt::format("the answer to '{}' has to be a JSON object", name)};
    const auto wait = static_cast<std::size_t>(step - definition.steps.begin());
    if (const auto missing = missing_values(definition, wait, answer); !missing.empty())
      return Error{ErrorCode::invalid, fmt::format("the answer to '{}' lacks {}", name, shown_values(missing))};
  }
  return {};
}

}  // namespace sagactl

#include "server/saga/wait_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

class NeededValues {
 public:
  explicit NeededValues(const std::string& wait) : wait_(wait) {}

  void add(const TextTemplate& text) {
    for (ValuePath& path : values_of(text)) {
      const auto is_same = [&](const ValuePath& other) { return other.members == path.members; };
      if (path.members.front() == wait_ && std::none_of(found_.begin(), found_.end(), is_same))
        found_.push_back(std::move(path));
    }
  }
  void add(const RequestTemplate& request) {
    add(request.url);
    add(request.body);
  }
  std::vector<ValuePath> take() { return std::move(found_); }

 private:
  const std::string& wait_;
  std::vector<ValuePath> found_;
};

}  // namespace

std::vector<ValuePath> values_needed_of(const SagaDefinition& definition, std::size_t wait) {
  NeededValues needed(definition.steps[wait].name);
  for (const StepDefinition& step : definition.steps) {
    if (!step.call) continue;
    needed.add(step.call->perform);
    if (step.call->undo) needed.add(*step.call->undo);
    if (step.call->ask) needed.add(*step.call->ask);
  }
  needed.add(definition.result);
  return needed.take();
}

std::vector<ValuePath> missing_values(const SagaDefinition& definition, std::size_t wait, std::string_view answer) {
  std::vector<ValuePath> needed = values_needed_of(definition, wait);
  if (needed.empty()) return needed;
  const Json body = answer.empty() ? Json() : read_json(answer);
  std::erase_if(needed, [&](const ValuePath& path) { return body.is_object() && find_member(body, path.members, 1); });
  return needed;
}

std::string shown_values(const std::vector<ValuePath>& values) {
  std::vector<std::string> names;
  for (const ValuePath& path : values) names.push_back(fmt::format("{{{}}}", path.text()));
  return join(names, ", ");
}

}  // namespace sagactl

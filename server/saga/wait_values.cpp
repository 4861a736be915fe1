#include "server/saga/wait_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

struct NeededValue {
  ValuePath path;
  bool is_in_url = false;  // somewhere
};

class NeededValues {
 public:
  explicit NeededValues(const std::string& wait) : wait_(wait) {}

  void add(const TextTemplate& text) {
    for (const TextPiece& piece : text) {
      if (!piece.value || piece.value->members.front() != wait_) continue;
      const auto is_same = [&](const NeededValue& other) { return other.path.members == piece.value->members; };
      auto found = std::find_if(found_.begin(), found_.end(), is_same);
      if (found == found_.end()) found = found_.insert(found_.end(), {*piece.value});
      found->is_in_url = found->is_in_url || piece.escape == TextEscape::url;
    }
  }
  void add(const RequestTemplate& request) {
    add(request.url);
    add(request.body);
  }
  std::vector<NeededValue> take() { return std::move(found_); }

 private:
  const std::string& wait_;
  std::vector<NeededValue> found_;
};

std::vector<NeededValue> needed_of(const SagaDefinition& definition, std::size_t wait) {
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

bool serves(const Json* value, const NeededValue& needed) {
  return value && !(needed.is_in_url && (value->is_structured() || value->is_null()));
}

}  // namespace

std::vector<ValuePath> values_needed_of(const SagaDefinition& definition, std::size_t wait) {
  std::vector<ValuePath> paths;
  for (NeededValue& needed : needed_of(definition, wait)) paths.push_back(std::move(needed.path));
  return paths;
}

std::vector<ValuePath> missing_values(const SagaDefinition& definition, std::size_t wait, std::string_view answer) {
  const std::vector<NeededValue> all = needed_of(definition, wait);
  if (all.empty()) return {};
  const Json body = answer.empty() ? Json() : read_json(answer);
  std::vector<ValuePath> missing;
  for (const NeededValue& needed : all)
    if (!serves(body.is_object() ? find_member(body, needed.path.members, 1) : nullptr, needed))
      missing.push_back(needed.path);
  return missing;
}

std::string shown_values(const std::vector<ValuePath>& values) {
  std::vector<std::string> names;
  for (const ValuePath& path : values) names.push_back(fmt::format("{{{}}}", path.text()));
  return join(names, ", ");
}

}  // namespace sagactl

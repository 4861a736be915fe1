#include "server/saga/no_such_step.hpp"

#include <fmt/format.h>

#include "common/text/text.hpp"

namespace sagactl {

Error no_such_step(const SagaDefinition& definition, SagaId saga, std::string_view name) {
  std::vector<std::string> names;
  for (const StepDefinition& step : definition.steps) names.push_back(step.name);
  const std::string near = nearest(name, names);
  const std::string hint = near.empty() ? "; it has " + join(names, ", ") : fmt::format("; did you mean {}?", near);
  return Error{ErrorCode::not_found, fmt::format("saga {} has no step {}{}", saga.text(), name, hint),
               Json{{"sagaId", saga.text()}, {"step", name}}};
}

}  // namespace sagactl

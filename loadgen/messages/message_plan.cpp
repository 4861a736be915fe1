#include "loadgen/messages/message_plan.hpp"

#include <algorithm>

#include "loadgen/profile/message_check.hpp"

namespace sagactl {

MessagePlan::MessagePlan(const MessageStep& described)
    : step(described), tests(described.conditions.begin(), described.conditions.end()) {
  const auto found = std::find_if(step.conditions.begin(), step.conditions.end(),
                                  [](const MessageCondition& condition) { return has_field(condition.value); });
  if (found != step.conditions.end()) distinguishing = static_cast<std::size_t>(found - step.conditions.begin());
}

}  // namespace sagactl

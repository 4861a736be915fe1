#include "cli/output/definition_tree.hpp"

#include <algorithm>
#include <map>

#include "cli/client/json_answer.hpp"
#include "cli/output/table.hpp"
#include "cli/output/tree.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t ms_per_second = 1000, ms_per_minute = 60'000;

// In the form of the flags: 10m, 30s, 100ms.
std::string duration_text(std::int64_t ms) {
  if (ms > 0 && ms % ms_per_minute == 0) return std::to_string(ms / ms_per_minute) + "m";
  if (ms > 0 && ms % ms_per_second == 0) return std::to_string(ms / ms_per_second) + "s";
  return std::to_string(ms) + "ms";
}

std::string policy_text(const Json& policy) {
  return "retries after " + duration_text(integer_member(policy, "firstMs")) + " to " +
         duration_text(integer_member(policy, "capMs")) + ", for " + duration_text(integer_member(policy, "budgetMs"));
}

std::string timing_text(const Json& step) {
  return "timeout " + duration_text(integer_member(step, "timeoutMs")) + "; " + policy_text(json_member(step, "retry"));
}

std::string name_text(const Json& step, const Json& pivot) {
  return text_member(step, "name") + (json_member(step, "name") == pivot ? " ◆ pivot" : "");
}

std::string action_text(const Json& step) {
  const std::string undone_by = text_member(step, "compensation");
  return text_member(step, "action") + (undone_by.empty() ? "" : " ↺ " + undone_by);
}

void add_definition_steps(const Json& definition, const Paint& paint, Branch& root) {
  const Json& steps = json_member(definition, "steps");
  const Json& pivot = json_member(definition, "pivot");
  int name_width = 0, action_width = 0;
  for (const Json& step : steps) {
    name_width = std::max(name_width, display_width(name_text(step, pivot)));
    action_width = std::max(action_width, display_width(action_text(step)));
  }
  for (const Json& step : steps) {
    Branch branch{padded(name_text(step, pivot), name_width) + "  " + padded(action_text(step), action_width) + "  " +
                  paint.faint(timing_text(step))};
    const Json& undoing = json_member(step, "compensationRetry");
    if (undoing.is_object() && undoing != json_member(step, "retry"))
      branch.branches.push_back({"compensation: " + policy_text(undoing)});
    root.branches.push_back(std::move(branch));
  }
}

// One line for each topic.
Branch topics_branch(const Json& definition) {
  std::map<std::string, std::string> events;
  for (const Json& rule : json_member(definition, "topics")) {
    std::string& text = events[text_member(rule, "topic")];
    text += (text.empty() ? "" : ", ") + text_member(rule, "aggregate") + " " + text_member(rule, "event");
  }
  Branch branch{events.empty() ? "topics: those of the aggregates of its events" : "topics"};
  for (const auto& [topic, text] : events) branch.branches.push_back({topic + ": " + text});
  return branch;
}

}  // namespace

std::string definition_tree(const Json& definition, const Paint& paint, bool with_topics, int width) {
  Branch root{paint.strong(text_member(definition, "name")) + "  version " + text_member(definition, "version") + ", " +
              text_member(definition, "mode") + ", " + duration_text(integer_member(definition, "timeoutMs")) +
              " to reach the pivot"};
  add_definition_steps(definition, paint, root);
  if (with_topics) root.branches.push_back(topics_branch(definition));
  return drawn(root, width);
}

}  // namespace sagactl

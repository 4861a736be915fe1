#include "cli/output/definition_tree.hpp"

#include <algorithm>
#include <map>

#include "cli/client/json_answer.hpp"
#include "cli/output/display_text.hpp"
#include "cli/output/table.hpp"
#include "cli/output/tree.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t ms_per_second = 1000, ms_per_minute = 60'000, ms_per_hour = 60 * ms_per_minute;

// In the form of the flags: 24h, 10m, 30s, 100ms.
std::string duration_text(std::int64_t ms) {
  if (ms > 0 && ms % ms_per_hour == 0) return std::to_string(ms / ms_per_hour) + "h";
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
  const std::string kind = text_member(step, "kind");
  const std::string waits =
      json_member(step, "waitsMs").is_number() ? duration_text(integer_member(step, "waitsMs")) : "";
  if (kind == "sleep") return "sleeps " + waits;
  if (kind == "wait") return waits.empty() ? "waits for an answer" : "waits for an answer, at most " + waits;
  const std::string undone_by = text_member(step, "compensation");
  return text_member(step, "action") + (undone_by.empty() ? "" : " ↺ " + undone_by);
}

// Of a user's step: how a call of it is repeated.
std::string repeats_text(const Json& step) {
  return text_member(step, "kind") == "call" ? policy_text(json_member(step, "retry")) : std::string();
}

// "after hotel, flight"; empty when every step follows the one that stands before it.
std::string after_text(const Json& steps, std::size_t i) {
  const auto follows_the_one_before = [&](std::size_t at) {
    const Json before = at == 0 ? Json::array() : Json::array({json_member(steps[at - 1], "name")});
    return !json_member(steps[at], "after").is_array() || json_member(steps[at], "after") == before;
  };
  bool is_chain = true;
  for (std::size_t at = 0; at < steps.size(); ++at) is_chain &= follows_the_one_before(at);
  if (is_chain) return {};
  const std::vector<std::string> names = texts_member(steps[i], "after");
  return names.empty() ? "at the start" : "after " + join(names, ", ");
}

std::string limit_text(const Json& definition) {
  if (!json_member(definition, "timeoutMs").is_number()) return "no time limit";
  const std::string goal = json_member(definition, "pivot").is_null() ? " to end" : " to reach the pivot";
  return duration_text(integer_member(definition, "timeoutMs")) + goal;
}

// Users' definitions have no mode: the node calls their participants.
std::string head_text(const Json& definition) {
  const bool is_users = json_member(definition, "builtIn") == false;
  std::string text = "version " + text_member(definition, "version") + ", ";
  if (!is_users) return text + text_member(definition, "mode") + ", " + limit_text(definition);
  text += limit_text(definition);
  if (json_member(definition, "pivot").is_null()) text += ", no pivot";
  return text + (bool_member(definition, "retired") ? ", retired" : "");
}

void add_definition_steps(const Json& definition, const Paint& paint, Branch& root) {
  const Json& steps = json_member(definition, "steps");
  const Json& pivot = json_member(definition, "pivot");
  const bool is_users = json_member(definition, "builtIn") == false;
  int name_width = 0, action_width = 0, after_width = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    name_width = std::max(name_width, display_width(name_text(steps[i], pivot)));
    action_width = std::max(action_width, display_width(action_text(steps[i])));
    after_width = std::max(after_width, display_width(after_text(steps, i)));
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Json& step = steps[i];
    std::string text = padded(name_text(step, pivot), name_width) + "  ";
    if (after_width > 0) text += padded(after_text(steps, i), after_width) + "  ";
    const std::string timing = is_users ? repeats_text(step) : timing_text(step);
    Branch branch{timing.empty() ? text + action_text(step)
                                 : text + padded(action_text(step), action_width) + "  " + paint.faint(timing)};
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
  Branch root{paint.strong(text_member(definition, "name")) + "  " + head_text(definition)};
  add_definition_steps(definition, paint, root);
  if (with_topics && json_member(definition, "builtIn") != false) root.branches.push_back(topics_branch(definition));
  return drawn(root, width);
}

}  // namespace sagactl

#include "server/definitions/definition_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

// The members of a value by their paths: "retry.first". Lists are values as a whole.
void flatten(const Json& json, const std::string& path, std::vector<std::pair<std::string, std::string>>& out) {
  if (json.is_object() && (path.empty() || !json.empty())) {
    for (const auto& [name, value] : json.items()) flatten(value, path.empty() ? name : path + "." + name, out);
    return;
  }
  out.emplace_back(path, json.is_string() ? json.get<std::string>() : json_text(json));
}

void compare_members(const std::string& of, const Json& before, const Json& now, std::vector<std::string>& lines) {
  std::vector<std::pair<std::string, std::string>> old_members, new_members;
  flatten(before, "", old_members);
  flatten(now, "", new_members);
  const std::map<std::string, std::string> old_values(old_members.begin(), old_members.end());
  const std::map<std::string, std::string> new_values(new_members.begin(), new_members.end());
  const std::string prefix = of.empty() ? "" : of + ": ";
  for (const auto& [path, value] : old_members)
    if (const auto found = new_values.find(path); found == new_values.end())
      lines.push_back(fmt::format("{}{} {} removed", prefix, path, value));
    else if (found->second != value)
      lines.push_back(fmt::format("{}{} {} -> {}", prefix, path, value, found->second));
  for (const auto& [path, value] : new_members)
    if (!old_values.contains(path)) lines.push_back(fmt::format("{}{} {} added", prefix, path, value));
}

Json without(Json json, std::initializer_list<const char*> names) {
  for (const char* name : names) json.erase(name);
  return json;
}

const Json& member_of(const Json& json, const char* name) {
  static const Json none = Json::object();
  const auto found = json.find(name);
  return found == json.end() ? none : *found;
}

std::string name_of(const Json& step) {
  return text_or_empty(step, "name");
}

const Json* find_step(const Json& steps, const std::string& name) {
  for (const Json& step : steps)
    if (name_of(step) == name) return &step;
  return nullptr;
}

// "after hotel and flight", "at the beginning".
std::string place_of(const Json& steps, const std::string& name) {
  std::vector<std::string> after;
  std::string last;
  for (const Json& step : steps) {
    if (name_of(step) != name) {
      last = name_of(step);
      continue;
    }
    if (const auto found = step.find("after"); found != step.end())
      for (const Json& each : *found) after.push_back(each.get<std::string>());
    else if (!last.empty())
      after.push_back(last);
    break;
  }
  return after.empty() ? "at the beginning" : "after " + join(after, " and ");
}

void compare_participants(const Json& before, const Json& now, std::vector<std::string>& lines) {
  for (const auto& [name, value] : before.items())
    if (!now.contains(name))
      lines.push_back(fmt::format("participant {}: removed", name));
    else
      compare_members("participant " + name, value, now[name], lines);
  for (const auto& [name, value] : now.items())
    if (!before.contains(name)) lines.push_back(fmt::format("participant {}: added", name));
}

void compare_steps(const Json& before, const Json& now, std::vector<std::string>& lines) {
  for (const Json& step : before) {
    const std::string name = name_of(step), of = "step " + name;
    const Json* same = find_step(now, name);
    if (!same) {
      lines.push_back(of + ": removed");
      continue;
    }
    const std::string old_place = place_of(before, name), new_place = place_of(now, name);
    if (old_place != new_place) lines.push_back(fmt::format("{}: {} -> {}", of, old_place, new_place));
    compare_members(of, without(step, {"name", "after"}), without(*same, {"name", "after"}), lines);
  }
  for (const Json& step : now)
    if (!find_step(before, name_of(step)))
      lines.push_back(fmt::format("step {}: added {}", name_of(step), place_of(now, name_of(step))));
}

// The names of the steps of `steps` that `others` has too.
std::vector<std::string> common_steps(const Json& steps, const Json& others) {
  std::vector<std::string> names;
  for (const Json& step : steps)
    if (find_step(others, name_of(step))) names.push_back(name_of(step));
  return names;
}

}  // namespace

std::vector<std::string> definition_diff(const Json& before, const Json& now) {
  std::vector<std::string> lines;
  compare_members("", without(before, {"participants", "steps"}), without(now, {"participants", "steps"}), lines);
  compare_participants(member_of(before, "participants"), member_of(now, "participants"), lines);
  const Json &old_steps = member_of(before, "steps"), &new_steps = member_of(now, "steps");
  compare_steps(old_steps, new_steps, lines);
  const auto old_order = common_steps(old_steps, new_steps), new_order = common_steps(new_steps, old_steps);
  if (old_order != new_order)
    lines.push_back(fmt::format("steps: order {} -> {}", join(old_order, ", "), join(new_order, ", ")));
  return lines;
}

}  // namespace sagactl

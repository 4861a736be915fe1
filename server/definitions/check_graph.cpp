// The order of the steps: what comes after what, and where the pivot stands.
#include <fmt/format.h>

#include <algorithm>

#include "server/definitions/definition_source.hpp"

namespace sagactl {
namespace {

std::vector<std::size_t> default_after(std::size_t step) {
  if (step == 0) return {};
  return {step - 1};
}

// Whether the item of `after` is right.
bool read_after_item(Findings& findings, const Found& item, std::size_t index, DefinitionSource& out) {
  StepSource& step = out.steps[index];
  const auto wrong = [&](std::string message, std::string hint = {}) {
    findings.mistake(item, std::move(message), std::move(hint));
    return false;
  };
  if (!item.value->scalar.is_string())
    return wrong(fmt::format("`after` names steps; this is {}", kind_text(*item.value)));
  const std::string name = item.value->scalar.get<std::string>();
  const auto before = out.step(name);
  if (!before) return wrong(fmt::format("unknown step `{}`", name), hint_of_names(name, out.names_of_steps()));
  if (*before == index) return wrong(fmt::format("`{}` cannot come after itself", name));
  if (std::find(step.comes_after.begin(), step.comes_after.end(), *before) != step.comes_after.end())
    return wrong(fmt::format("`{}` stands in `after` twice", name));
  step.comes_after.push_back(*before);
  return true;
}

void read_after(Findings& findings, std::size_t index, DefinitionSource& out) {
  StepSource& step = out.steps[index];
  if (!step.after) {
    step.comes_after = default_after(index);
    return;
  }
  if (step.after.value->kind != SourceKind::list) {
    out.has_order = false;
    return findings.mistake(step.after,
                            fmt::format("`after` has to be a list of steps; this is {}", kind_text(*step.after.value)),
                            "write it like [hotel, flight]");
  }
  for (std::size_t i = 0; i < step.after.value->items.size(); ++i)
    out.has_order &= read_after_item(findings, step.after.item(i), index, out);
  std::sort(step.comes_after.begin(), step.comes_after.end());
  if (step.comes_after == default_after(index)) return;
  // Beside the name, where people look for it.
  Json canonical = Json::object();
  if (step.canonical.contains("name")) canonical["name"] = step.canonical["name"];
  Json& after = canonical["after"] = Json::array();
  for (const std::size_t before : step.comes_after) after.push_back(out.steps[before].name);
  for (const auto& [name, value] : step.canonical.items()) canonical[name] = value;
  step.canonical = std::move(canonical);
}

enum class Visit : std::uint8_t { none, on_way, done };

// The steps of a circle, each before the next; empty when there is none from here.
std::vector<std::size_t> find_circle_from(std::size_t at, const DefinitionSource& definition,
                                          std::vector<Visit>& visits, std::vector<std::size_t>& way) {
  visits[at] = Visit::on_way;
  way.push_back(at);
  for (const std::size_t before : definition.steps[at].comes_after) {
    if (visits[before] == Visit::on_way) {
      std::vector<std::size_t> circle(std::find(way.begin(), way.end(), before), way.end());
      std::reverse(circle.begin(), circle.end());
      return circle;
    }
    if (visits[before] == Visit::done) continue;
    if (auto circle = find_circle_from(before, definition, visits, way); !circle.empty()) return circle;
  }
  way.pop_back();
  visits[at] = Visit::done;
  return {};
}

void check_circle(Findings& findings, DefinitionSource& out) {
  std::vector<Visit> visits(out.steps.size());
  for (std::size_t i = 0; i < out.steps.size(); ++i) {
    if (visits[i] != Visit::none) continue;
    std::vector<std::size_t> way;
    std::vector<std::size_t> circle = find_circle_from(i, out, visits, way);
    if (circle.empty()) continue;
    out.has_order = false;
    std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end()), circle.end());
    const StepSource& first = out.steps[circle.front()];
    std::string shown;
    for (const std::size_t step : circle) shown += fmt::format("`{}` -> ", out.steps[step].name);
    const Found& at = first.after ? first.after : first.at;
    return findings.mistake(at, fmt::format("steps come after one another in a circle: {}`{}`", shown, first.name));
  }
}

void collect_before(std::size_t step, DefinitionSource& out, std::vector<bool>& done) {
  if (done[step]) return;
  done[step] = true;
  for (const std::size_t before : out.steps[step].comes_after) {
    collect_before(before, out, done);
    out.steps[step].before.insert(before);
    out.steps[step].before.insert(out.steps[before].before.begin(), out.steps[before].before.end());
  }
}

// After the pivot a step that is refused needs a person, who may have the saga compensated.
void warn_of_pivot_without_undo(Findings& findings, const Found& at, const DefinitionSource& definition) {
  const StepSource& pivot = definition.steps[*definition.pivot];
  bool undoes_before = false, calls_after = false;
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    const StepSource& step = definition.steps[i];
    undoes_before |= pivot.before.contains(i) && step.undo;
    calls_after |= step.before.contains(*definition.pivot) && step.kind == StepKind::call;
  }
  if (pivot.kind == StepKind::call && !pivot.undo && undoes_before && calls_after)
    findings.warning(
        at,
        fmt::format("the pivot `{}` has no `undo`: when an operator compensates a saga that has passed it, "
                    "what came before is undone, and it is not",
                    pivot.name),
        "give it an `undo`");
}

void check_beside_pivot(Findings& findings, const DefinitionSource& definition) {
  const StepSource& pivot = definition.steps[*definition.pivot];
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    const StepSource& step = definition.steps[i];
    const bool is_before = pivot.before.contains(i), is_after = step.before.contains(*definition.pivot);
    if (i == *definition.pivot || is_before) continue;
    if (!is_after)
      findings.mistake(step.name_at, step.at.path,
                       fmt::format("`{}` is neither before nor after the pivot `{}`", step.name, pivot.name),
                       "name one in the `after` of the other");
    else if (step.undo)
      findings.mistake(step.undo->at,
                       fmt::format("`{}` comes after the pivot `{}` and is never undone", step.name, pivot.name),
                       "leave `undo` out, or move the pivot");
  }
}

}  // namespace

void check_graph(Findings& findings, const Found& pivot, DefinitionSource& out) {
  for (std::size_t i = 0; i < out.steps.size(); ++i) read_after(findings, i, out);
  if (out.has_order) check_circle(findings, out);
  if (out.has_order) {
    std::vector<bool> done(out.steps.size());
    for (std::size_t i = 0; i < out.steps.size(); ++i) collect_before(i, out, done);
  }
  if (!pivot) return;
  if (!pivot.value->scalar.is_string())
    return findings.mistake(pivot, fmt::format("`pivot` names a step; this is {}", kind_text(*pivot.value)));
  const std::string name = pivot.value->scalar.get<std::string>();
  out.pivot = out.step(name);
  if (!out.pivot)
    return findings.mistake(pivot, fmt::format("unknown step `{}`", name), hint_of_names(name, out.names_of_steps()));
  if (!out.has_order) return;
  check_beside_pivot(findings, out);
  warn_of_pivot_without_undo(findings, pivot, out);
}

}  // namespace sagactl

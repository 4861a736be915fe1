#include "server/definitions/read_definition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/definitions/definition_source.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {
namespace {

constexpr DurationRange to_the_pivot = {1ms, 365 * 24h};
constexpr std::size_t search_max = 20;

// The value at a JSON pointer within `at`, or the deepest one on the way.
const SourceValue* value_at(const SourceValue& at, std::string_view pointer) {
  const SourceValue* value = &at;
  for (std::string part : split(pointer.substr(std::min<std::size_t>(1, pointer.size())), '/')) {
    replace_all(part, "~1", "/");
    replace_all(part, "~0", "~");
    const SourceValue* next = nullptr;
    for (const SourceMember& member : value->members)
      if (member.name == part) next = member.value.get();
    if (value->kind == SourceKind::list && !part.empty() && part.size() < 7 &&
        part.find_first_not_of("0123456789") == std::string::npos && std::stoul(part) < value->items.size())
      next = value->items[std::stoul(part)].get();
    if (!next) return value;
    value = next;
  }
  return value;
}

void read_input(Findings& findings, const Found& at, DefinitionSource& out) {
  if (!at) return;
  Json schema = json_of(*at.value);
  const auto problems = InputSchema::check(schema);
  for (const SchemaProblem& it : problems)
    findings.mistake(value_at(*at.value, it.path)->at, at.path + it.path, it.message, it.hint);
  const bool takes_anything = schema == Json(true) || (schema.is_object() && schema.empty());
  if (problems.empty() && !takes_anything) out.input = sorted_by_name(schema);
}

void check_search_path(Findings& findings, const Found& at, const Json& schema) {
  const std::string path = at.value->scalar.get<std::string>();
  const std::vector<std::string> members = split(path, '.');
  if (members.empty() || std::find(members.begin(), members.end(), "") != members.end())
    return findings.mistake(at, fmt::format("`{}` is no path to a member of the input", path),
                            "write it like guest.name");
  const SchemaPath found = find_in_schema(schema, members, 0);
  if (found.is_excluded)
    findings.mistake(at, fmt::format("the input has no member `{}`", path),
                     hint_of_names(members[found.at], found.candidates));
  else if (found.type == "object" || found.type == "array")
    findings.mistake(at, fmt::format("`{}` is of the type {}; sagas are found by a text, a number or a truth value",
                                     path, found.type));
}

Json read_search(Findings& findings, const Found& at, const DefinitionSource& definition) {
  std::vector<std::string> paths;
  if (!at) return {};
  if (at.value->kind != SourceKind::list) {
    findings.mistake(at,
                     fmt::format("`search` has to be a list of members of the input; this is {}", kind_text(*at.value)),
                     "write it like [guest.name]");
    return {};
  }
  if (at.value->items.size() > search_max)
    findings.mistake(at, fmt::format("`search` has more than {} members", search_max));
  for (std::size_t i = 0; i < at.value->items.size(); ++i) {
    const Found item = at.item(i);
    if (!item.value->scalar.is_string()) {
      findings.mistake(item,
                       fmt::format("a member of the input is named by a text; this is {}", kind_text(*item.value)));
      continue;
    }
    check_search_path(findings, item, definition.input);
    paths.push_back(item.value->scalar.get<std::string>());
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths.empty() ? Json() : Json(paths);
}

void check_unused_participants(Findings& findings, const DefinitionSource& definition) {
  for (const ParticipantSource& it : definition.participants)
    if (!it.is_used)
      findings.warning({it.at.value, it.at.path}, fmt::format("no step calls the participant `{}`", it.name));
}

Json canonical_of(const Members& root, const std::string& name, std::optional<Duration> timeout, Json search,
                  const DefinitionSource& definition) {
  Json out = {{"saga", name}};
  if (!definition.input.is_null()) out["input"] = definition.input;
  if (timeout) out["timeout"] = canonical_duration(*timeout);
  if (definition.pivot) out["pivot"] = definition.steps[*definition.pivot].name;
  if (!search.is_null()) out["search"] = std::move(search);
  std::vector<const ParticipantSource*> participants;
  for (const ParticipantSource& it : definition.participants) participants.push_back(&it);
  std::sort(participants.begin(), participants.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  for (const ParticipantSource* it : participants) out["participants"][it->name] = it->canonical;
  for (const StepSource& it : definition.steps) out["steps"].push_back(it.canonical);
  if (const Found result = root.get("result")) out["result"] = sorted_by_name(json_of(*result.value));
  return out;
}

std::optional<Json> read_parts(Findings& findings, const SourceValue& source) {
  const Members root(findings, {&source, ""}, "a definition",
                     {"saga", "input", "timeout", "pivot", "search", "participants", "steps", "result"});
  if (!root.is_object()) return std::nullopt;
  DefinitionSource definition;
  root.required("saga");
  const auto name = root.text("saga");
  if (name) check_name(findings, root.get("saga").value->at, "/saga", *name, "a saga");
  read_input(findings, root.get("input"), definition);
  const auto timeout = root.duration("timeout", to_the_pivot);
  read_participants(findings, root.get("participants"), definition);
  if (const Found steps = root.required("steps")) read_steps(findings, steps, definition);
  if (!definition.steps.empty()) {
    check_graph(findings, root.get("pivot"), definition);
    check_values(findings, root.get("result"), definition);
    check_unused_participants(findings, definition);
  }
  Json search = read_search(findings, root.get("search"), definition);
  if (findings.has_mistake()) return std::nullopt;
  return canonical_of(root, *name, timeout, std::move(search), definition);
}

}  // namespace

std::optional<std::size_t> DefinitionSource::step(std::string_view name) const {
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].name == name) return i;
  return std::nullopt;
}

ParticipantSource* DefinitionSource::participant(std::string_view name) {
  for (ParticipantSource& it : participants)
    if (it.name == name) return &it;
  return nullptr;
}

std::vector<std::string> DefinitionSource::names_of_steps() const {
  std::vector<std::string> names;
  for (const StepSource& it : steps)
    if (!it.name.empty()) names.push_back(it.name);
  return names;
}

std::vector<std::string> DefinitionSource::names_of_participants(bool by_message) const {
  std::vector<std::string> names;
  for (const ParticipantSource& it : participants)
    if (it.is_message == by_message) names.push_back(it.name);
  return names;
}

std::string DefinitionRead::text() const {
  return canonical_text(*canonical);
}

std::string DefinitionRead::name() const {
  return canonical ? text_or_empty(*canonical, "saga") : "";
}

DefinitionRead read_definition(std::string_view text, std::string_view name_of_file) {
  Findings findings;
  DefinitionRead out;
  try {
    if (const SourcePointer source = read_source(text, name_of_file, findings.problems()))
      out.canonical = read_parts(findings, *source);
  } catch (const TooManyProblems&) {
    // Those that were found are reported.
  }
  out.problems = findings.take();
  return out;
}

}  // namespace sagactl

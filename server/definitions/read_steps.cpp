#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_pointer.hpp"
#include "server/definitions/definition_source.hpp"
#include "server/definitions/input_schema.hpp"

namespace sagactl {
namespace {

constexpr DurationRange wait_time = {1ms, 365 * 24h};

void read_keep(Findings& findings, const Found& at, StepSource& step) {
  if (!at) return;
  if (at.value->kind != SourceKind::object)
    return findings.mistake(at, fmt::format("`keep` has to be an object; this is {}", kind_text(*at.value)),
                            "write it like { booking: /id }: a name, and where in the answer its value stands");
  Json kept = Json::object();
  for (const SourceMember& member : at.value->members) {
    const Found pointer{member.value.get(), below(at.path, member.name)};
    check_name(findings, member.at, pointer.path, member.name, "a kept value");
    const Json& text = member.value->scalar;
    if (!text.is_string() || !is_json_pointer(text.get_ref<const std::string&>())) {
      const std::string shown =
          text.is_string() ? fmt::format("`{}`", text.get<std::string>()) : std::string(kind_text(*member.value));
      findings.mistake(pointer, fmt::format("{} is no JSON pointer", shown),
                       "write it like /id or /items/0/name; \"\" is the whole answer");
    }
    step.keep.push_back(member.name);
    kept[member.name] = text;
  }
  if (!kept.empty()) step.canonical["keep"] = sorted_by_name(kept);
}

void read_call_step(Findings& findings, const Members& it, StepSource& step, DefinitionSource& out) {
  step.kind = StepKind::call;
  step.call = read_request(findings, it.get("call"), "`call`", out, nullptr);
  const RequestSource* call = step.call ? &*step.call : nullptr;
  if (const Found undo = it.get("undo")) step.undo = read_request(findings, undo, "`undo`", out, call);
  if (const Found ask = it.get("ask")) step.ask = read_request(findings, ask, "`ask`", out, call);
  if (step.call) step.canonical["call"] = step.call->canonical;
  read_keep(findings, it.get("keep"), step);
  if (step.undo) step.canonical["undo"] = step.undo->canonical;
  if (step.ask) step.canonical["ask"] = step.ask->canonical;
  if (step.ask && step.call && !step.ask->participant.empty() && !step.call->participant.empty() &&
      step.ask->participant != step.call->participant)
    findings.mistake(
        step.ask->at,
        fmt::format("`ask` asks `{}`, and the step calls `{}`", step.ask->participant, step.call->participant),
        "only the participant that was called knows what became of the call");
  read_answer_rules(findings, it, step.canonical);
  const ParticipantSource* called = call ? out.participant(call->participant) : nullptr;
  if (!called || !called->is_message) return;
  for (const char* name : {"done", "refused", "again"})
    if (const Found found = it.get(name))
      findings.mistake(found,
                       fmt::format("`{}` lists status codes of HTTP, and `{}` is asked by message", name, called->name),
                       "its answer says itself whether it is done or refused");
}

void read_wait(Findings& findings, const Found& at, StepSource& step) {
  step.kind = StepKind::wait;
  step.canonical["wait"] = Json::object();
  if (at.value->scalar.is_string() || at.value->scalar.is_number())
    return findings.mistake(at, fmt::format("`wait` has to be an object; this is {}", kind_text(*at.value)),
                            "write it like { for: 24h }, or {} to wait for any time");
  const Members it(findings, at, "`wait`", {"for"});
  const auto time = it.duration("for", wait_time);
  if (time) step.canonical["wait"]["for"] = canonical_duration(*time);
}

void refuse_members_of_calls(Findings& findings, const Members& it, std::string_view kind) {
  for (const char* name : {"keep", "undo", "ask", "done", "refused", "again"})
    if (const Found found = it.get(name))
      findings.mistake(it.place_of(name), found.path,
                       fmt::format("`{}` belongs to a call; this step is a {}", name, kind));
}

void read_kind(Findings& findings, const Members& it, StepSource& step, DefinitionSource& out) {
  std::vector<std::string> kinds;
  for (const char* name : {"call", "wait", "sleep"})
    if (it.get(name)) kinds.emplace_back(name);
  if (kinds.size() != 1)
    findings.mistake(kinds.empty() ? step.at.value->at : it.place_of(kinds[1]), step.at.path,
                     kinds.empty() ? "the step needs one of `call`, `wait` and `sleep`"
                                   : fmt::format("the step has {}; it does one of them", quoted_names(kinds)));
  if (kinds.empty()) return;
  if (kinds[0] == "call") return read_call_step(findings, it, step, out);
  refuse_members_of_calls(findings, it, kinds[0]);
  if (kinds[0] == "wait") return read_wait(findings, it.get("wait"), step);
  step.kind = StepKind::sleep;
  if (const auto time = it.duration("sleep", wait_time)) step.canonical["sleep"] = canonical_duration(*time);
}

void read_name(Findings& findings, const Members& it, StepSource& step, DefinitionSource& out) {
  it.required("name");
  const auto name = it.text("name");
  if (!name) out.has_order = false;
  if (!name) return;
  const Found at = it.get("name");
  step.name_at = at.value->at;
  check_name(findings, at.value->at, at.path, *name, "a step");
  if (*name == "input" || *name == "saga")
    findings.mistake(at, fmt::format("a step cannot be called `{}`", *name), "in braces it means something else");
  if (const auto same = out.step(*name)) {
    out.has_order = false;
    findings.mistake(at, fmt::format("another step is called `{}`", *name),
                     fmt::format("it stands in line {}", out.steps[*same].name_at.line));
  }
  step.name = *name;
  step.canonical["name"] = *name;
}

}  // namespace

void read_steps(Findings& findings, const Found& at, DefinitionSource& out) {
  if (at.value->kind != SourceKind::list || at.value->items.empty())
    return findings.mistake(at,
                            at.value->kind == SourceKind::list
                                ? "the saga has no steps"
                                : fmt::format("`steps` has to be a list; this is {}", kind_text(*at.value)),
                            "each step begins with a dash and its name: `- name: hotel`");
  if (at.value->items.size() > steps_max)
    findings.mistake(at.item(steps_max),
                     fmt::format("the saga has {} steps; the most are {}", at.value->items.size(), steps_max));
  for (std::size_t i = 0; i < at.value->items.size() && i < steps_max; ++i) {
    StepSource step;
    step.at = at.item(i);
    step.name_at = step.at.value->at;
    const Members it(findings, step.at, "a step", step_members());
    if (it.is_object()) {
      read_name(findings, it, step, out);
      step.after = it.get("after");
      read_kind(findings, it, step, out);
    }
    out.steps.push_back(std::move(step));
  }
}

}  // namespace sagactl

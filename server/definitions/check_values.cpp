// The paths in braces: each has to lead to a value that is there by then.
#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/definitions/definition_source.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/saga/text_template.hpp"

namespace sagactl {
namespace {

// Where a text with paths stands, and so which values are there.
struct ValueScope {
  enum class Of : std::uint8_t { call, undo, ask, result, probe, advance };
  Of of = Of::call;
  const StepSource* step = nullptr;  // of a call, an undo and a question
};

class ValueChecker {
 public:
  ValueChecker(Findings& findings, const DefinitionSource& definition) : findings_(findings), definition_(definition) {}

  void step(const StepSource& step) {
    if (step.call) request(*step.call, {ValueScope::Of::call, &step});
    if (step.undo) request(*step.undo, {ValueScope::Of::undo, &step});
    if (step.ask) request(*step.ask, {ValueScope::Of::ask, &step});
  }

  void advance(const RequestSource& it) { request(it, {ValueScope::Of::advance, nullptr}); }

  void url(const Found& at, ValueScope scope) {
    if (!at || !at.value->scalar.is_string()) return;
    const auto& text = at.value->scalar.get_ref<const std::string&>();
    const auto end = text.find('}');
    if (!text.starts_with('{') || end == std::string::npos) return;  // reported already
    const TextTemplate rest = url_template(std::string_view(text).substr(end + 1));
    for (const TextPiece& piece : rest) {
      if (piece.literal.find_first_of("{}") != std::string::npos)
        findings_.mistake(at, fmt::format("the braces in `{}` hold no path", text),
                          "a path is written like {input.guest}");
      if (piece.value) value(at, *piece.value, scope, true);
    }
  }

  // The paths in all texts of a JSON value.
  void json(const Found& at, ValueScope scope) {
    for (std::size_t i = 0; i < at.value->items.size(); ++i) json(at.item(i), scope);
    for (const SourceMember& member : at.value->members) {
      warn_of_path_in_name(at, member);
      json({member.value.get(), below(at.path, member.name)}, scope);
    }
    if (!at.value->scalar.is_string()) return;
    for (const TextPiece& piece : json_template(at.value->scalar)) {
      warn_of_literal(at, piece.literal);
      if (piece.value) value(at, *piece.value, scope, false);
    }
  }

 private:
  void request(const RequestSource& request, ValueScope scope) {
    url(request.url, scope);
    if (request.body) json(request.body, scope);
  }

  void warn_of_path_in_name(const Found& object, const SourceMember& member) {
    for (const ValuePath& path : values_of(json_template(Json(member.name))))
      if (is_root(path.members.front()))
        findings_.warning({member.value.get(), below(object.path, member.name)},
                          fmt::format("`{{{}}}` in the name of a member is sent as it stands", path.text()),
                          "values stand in texts and URLs, and not in names");
  }

  bool is_root(const std::string& name) const { return name == "input" || name == "saga" || definition_.step(name); }

  // "{ input.guest }" looks like a path, and is none.
  void warn_of_literal(const Found& at, std::string_view literal) {
    for (auto begin = literal.find('{'); begin != std::string_view::npos; begin = literal.find('{', begin + 1)) {
      const auto end = literal.find('}', begin);
      if (end == std::string_view::npos) return;
      const std::string_view inner = literal.substr(begin + 1, end - begin - 1);
      const std::string root(trim(inner).substr(0, trim(inner).find_first_of(". ")));
      if (is_root(root))
        findings_.warning(at, fmt::format("`{{{}}}` is sent as it stands: it is no path", inner),
                          "a path has letters, digits, `_`, `-` and `.` alone");
    }
  }

  void value(const Found& at, const ValuePath& path, ValueScope scope, bool is_in_url) {
    const std::string& root = path.members.front();
    if (scope.of == ValueScope::Of::advance) {
      if (path.text() != "rehearsal.seconds" && path.text() != "saga.id")
        findings_.mistake(at, fmt::format("`advance` has no `{}`", path.text()),
                          "it has {rehearsal.seconds} and {saga.id}");
      return;
    }
    if (root == "input") return input(at, path, is_in_url);
    if (root == "saga") return saga(at, path, scope);
    if (scope.of == ValueScope::Of::probe)
      return findings_.mistake(at, fmt::format("a probe has no `{}`", path.text()),
                               "it has {saga.id}, {saga.key} and {input...}");
    const auto step = definition_.step(root);
    if (!step) return unknown_root(at, path, scope);
    kept(at, path, definition_.steps[*step], *step, scope, is_in_url);
  }

  void input(const Found& at, const ValuePath& path, bool is_in_url) {
    const SchemaPath found = find_in_schema(definition_.input, path.members, 1);
    if (found.is_excluded)
      return findings_.mistake(at, fmt::format("the input has no member `{}`", path.text().substr(6)),
                               hint_of_names(path.members[found.at], found.candidates));
    const bool is_whole = path.members.size() == 1 && found.type.empty();
    if (is_in_url && (is_whole || found.type == "object" || found.type == "array"))
      return findings_.mistake(at, fmt::format("`{}` is {}; in a URL only a text, a number or a truth value can stand",
                                               path.text(), found.type == "array" ? "a list" : "an object"));
    if (found.may_be_missing)
      findings_.warning(at, fmt::format("`{}` may be missing, and the step fails without it", path.text()),
                        "name it in `required` of the input's schema");
  }

  void saga(const Found& at, const ValuePath& path, ValueScope scope) {
    std::vector<std::string> known = {"id", "name", "key"};
    const bool has_step = scope.step != nullptr;
    if (has_step) known.emplace_back("step_key");
    const std::string member = path.members.size() > 1 ? path.members[1] : "";
    if (path.members.size() == 2 && std::find(known.begin(), known.end(), member) != known.end()) return;
    findings_.mistake(at, fmt::format("there is no `{}` here", path.text()),
                      member.empty() || path.members.size() > 2
                          ? fmt::format("of `saga` there are {}", quoted_names(known))
                          : hint_of_names(member, known));
  }

  void unknown_root(const Found& at, const ValuePath& path, ValueScope scope) {
    std::vector<std::string> roots = {"input", "saga"};
    for (std::size_t i = 0; i < definition_.steps.size(); ++i)
      if (!definition_.steps[i].name.empty() && is_there(definition_.steps[i], i, scope) &&
          keeps_values(definition_.steps[i]))
        roots.push_back(definition_.steps[i].name);
    findings_.mistake(
        at,
        fmt::format("there is no `{}`: `{}` is neither `input`, `saga` nor a step", path.text(), path.members.front()),
        hint_of_names(path.members.front(), roots));
  }

  static bool keeps_values(const StepSource& step) { return !step.keep.empty() || step.kind == StepKind::wait; }

  bool is_there(const StepSource& step, std::size_t index, ValueScope scope) const {
    if (scope.of == ValueScope::Of::result || !definition_.has_order || !scope.step) return true;
    return scope.step->before.contains(index) || (scope.of == ValueScope::Of::undo && &step == scope.step);
  }

  std::string hint_of_order(const StepSource& owner, const StepSource& user) const {
    const auto index = definition_.step(user.name);
    if (index && owner.before.contains(*index))
      return fmt::format("`{}` comes after `{}`: move it before that", owner.name, user.name);
    return fmt::format("name `{}` in the `after` of `{}`", owner.name, user.name);
  }

  // `owner` is the step whose value it is.
  void kept(const Found& at, const ValuePath& path, const StepSource& owner, std::size_t index, ValueScope scope,
            bool is_in_url) {
    if (!is_there(owner, index, scope))
      return findings_.mistake(
          at,
          &owner == scope.step ? fmt::format("`{}` is kept only when the step has its answer", path.text())
                               : fmt::format("`{}` does not come before `{}`", owner.name, scope.step->name),
          &owner == scope.step ? std::string("{saga.step_key} is known before") : hint_of_order(owner, *scope.step));
    if (owner.kind == StepKind::wait) return;  // its answer is the person's
    if (owner.keep.empty())
      return findings_.mistake(
          at, fmt::format("the step `{}` keeps nothing, so there is no `{}`", owner.name, path.text()),
          owner.kind == StepKind::call
              ? fmt::format("keep it there: `keep: {{ {}: /... }}`", path.members.size() > 1 ? path.members[1] : "id")
              : std::string());
    if (path.members.size() > 1 && std::find(owner.keep.begin(), owner.keep.end(), path.members[1]) == owner.keep.end())
      return findings_.mistake(at, fmt::format("the step `{}` keeps no `{}`", owner.name, path.members[1]),
                               hint_of_names(path.members[1], owner.keep));
    if (is_in_url && path.members.size() == 1)
      return findings_.mistake(
          at, fmt::format("`{}` is all that the step keeps; in a URL only one value can stand", path.text()),
          fmt::format("of `{}` there are {}", owner.name, quoted_names(owner.keep)));
    if (&owner == scope.step && owner.undo->canonical.contains("also"))
      return findings_.mistake(at, fmt::format("the undo needs `{}`, which is not known after a refusal", path.text()),
                               "name it by {saga.step_key}, or leave `also` out");
    if (&owner == scope.step && !owner.ask)
      findings_.mistake(at, fmt::format("the undo needs `{}`, which is not known when no answer came", path.text()),
                        "name it by {saga.step_key}, or add an `ask` that brings what `keep` takes");
  }

  Findings& findings_;
  const DefinitionSource& definition_;
};

// A probe is a get of its own participant.
void check_probe(Findings& findings, const ParticipantSource& participant, const DefinitionSource& definition) {
  if (!participant.probe || participant.probe.value->kind != SourceKind::object) return;
  for (const SourceMember& member : participant.probe.value->members) {
    if (member.name != "get" || !member.value->scalar.is_string()) continue;
    const Found at{member.value.get(), below(participant.probe.path, "get")};
    const std::string begin = fmt::format("{{{}}}/", participant.name);
    if (!member.value->scalar.get_ref<const std::string&>().starts_with(begin))
      findings.mistake(at, fmt::format("a probe of `{}` has to begin with {}", participant.name, begin));
    ValueChecker(findings, definition).url(at, {ValueScope::Of::probe, nullptr});
  }
}

}  // namespace

void check_values(Findings& findings, const Found& result, const DefinitionSource& definition) {
  ValueChecker checker(findings, definition);
  for (const StepSource& step : definition.steps) checker.step(step);
  for (const ParticipantSource& participant : definition.participants) check_probe(findings, participant, definition);
  for (const ParticipantSource& participant : definition.participants)
    if (participant.advance) checker.advance(*participant.advance);
  if (result) checker.json(result, {ValueScope::Of::result, nullptr});
}

}  // namespace sagactl

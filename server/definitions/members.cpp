#include "server/definitions/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "common/text/text.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {

Found Found::item(std::size_t index) const {
  return {value->items[index].get(), path + "/" + std::to_string(index)};
}

std::string below(const std::string& path, std::string_view name) {
  std::string escaped(name);
  replace_all(escaped, "~", "~0");
  replace_all(escaped, "/", "~1");
  return path + "/" + escaped;
}

void Findings::mistake(const Found& at, std::string message, std::string hint) {
  mistake(at.value->at, at.path, std::move(message), std::move(hint));
}

void Findings::mistake(Position at, std::string path, std::string message, std::string hint) {
  add({Severity::mistake, at, std::move(path), std::move(message), std::move(hint)});
}

void Findings::add(Problem problem) {
  if (problems_.size() >= problems_max) throw TooManyProblems{};
  problems_.push_back(std::move(problem));
}

void Findings::warning(const Found& at, std::string message, std::string hint) {
  add({Severity::warning, at.value->at, at.path, std::move(message), std::move(hint)});
}

std::vector<Problem> Findings::take() {
  const auto key = [](const Problem& it) { return std::tie(it.at, it.path); };
  std::stable_sort(problems_.begin(), problems_.end(),
                   [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
  problems_.erase(std::unique(problems_.begin(), problems_.end()), problems_.end());
  if (problems_.size() > problems_max) problems_.resize(problems_max);
  return std::move(problems_);
}

std::string quoted_names(const std::vector<std::string>& names) {
  constexpr std::size_t shown_max = 12;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < shown_max; ++i)
    out += fmt::format("{}`{}`", i > 0 ? ", " : "", names[i]);
  if (names.size() > shown_max) out += fmt::format(" and {} more", names.size() - shown_max);
  return out;
}

const std::vector<std::string>& participant_members() {
  static const std::vector<std::string> members = {"url",         "kafka", "timeout", "concurrency", "retry",  "ca",
                                                   "certificate", "key",   "secret",  "probe",       "advance"};
  return members;
}

const std::vector<std::string>& step_members() {
  static const std::vector<std::string> members = {"name", "after",   "call",  "keep", "undo", "ask",
                                                   "done", "refused", "again", "wait", "sleep"};
  return members;
}

std::string hint_of_names(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t candidates_max = 200;  // among more the nearest takes too long to find
  if (candidates.empty() || candidates.size() > candidates_max) return {};
  const std::string near = nearest(word, candidates);
  if (!near.empty()) return fmt::format("did you mean `{}`?", near);
  return fmt::format("{} {}", candidates.size() == 1 ? "there is only" : "there are", quoted_names(candidates));
}

bool check_name(Findings& findings, Position at, const std::string& path, std::string_view name,
                std::string_view what) {
  constexpr std::size_t length_max = 64;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool is_right = !name.empty() && name.size() <= length_max && is_letter(name.front()) &&
                        std::all_of(name.begin(), name.end(), [&](char c) {
                          return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
                        });
  if (!is_right)
    findings.mistake(at, path, fmt::format("`{}` is no name for {}", name, what),
                     "a name begins with a letter and has up to 64 letters, digits, `_` and `-`");
  return is_right;
}

std::string canonical_duration(Duration duration) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 6> units = {{{std::int64_t{24} * 3600 * 1'000'000, "d"},
                                                                          {std::int64_t{3600} * 1'000'000, "h"},
                                                                          {60'000'000, "m"},
                                                                          {1'000'000, "s"},
                                                                          {1'000, "ms"},
                                                                          {1, "us"}}};
  for (const auto& [size, unit] : units)
    if (duration.count() >= size && duration.count() % size == 0)
      return fmt::format("{}{}", duration.count() / size, unit);
  return "0";
}

namespace {

bool is_among(std::string_view name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Also says where else the member would be right.
std::string hint_of_member(std::string_view name, const std::vector<std::string>& known) {
  const char* place = is_among(name, participant_members()) ? "participant"
                      : is_among(name, step_members())      ? "step"
                                                            : nullptr;
  const std::string hint = hint_of_names(name, known);
  return place ? fmt::format("`{}` is a member of a {}; {}", name, place, hint) : hint;
}

}  // namespace

Members::Members(Findings& findings, Found object, std::string_view what, std::vector<std::string> known)
    : findings_(findings), object_(std::move(object)), what_(what) {
  if (!object_) return;
  is_object_ = object_.value->kind == SourceKind::object;
  if (!is_object_) {
    findings_.mistake(object_, fmt::format("{} has to be an object; this is {}", what_, kind_text(*object_.value)),
                      fmt::format("its members are {}", quoted_names(known)));
    return;
  }
  for (const SourceMember& member : object_.value->members)
    if (!is_among(member.name, known))
      findings_.mistake(member.at, below(object_.path, member.name), fmt::format("unknown member `{}`", member.name),
                        hint_of_member(member.name, known));
}

Found Members::get(std::string_view name) const {
  if (is_object_)
    for (const SourceMember& member : object_.value->members)
      if (member.name == name) return {member.value.get(), below(object_.path, name)};
  return {};
}

Found Members::required(std::string_view name) const {
  Found found = get(name);
  if (is_object_ && !found) findings_.mistake(object_, fmt::format("{} needs the member `{}`", what_, name));
  return found;
}

Position Members::place_of(std::string_view name) const {
  for (const SourceMember& member : object_.value->members)
    if (member.name == name) return member.at;
  return object_.value->at;
}

std::optional<std::string> Members::text(std::string_view name) const {
  const Found found = get(name);
  if (!found) return std::nullopt;
  if (found.value->scalar.is_string() && !found.value->scalar.get_ref<const std::string&>().empty())
    return found.value->scalar.get<std::string>();
  const bool is_empty = found.value->scalar.is_string();
  findings_.mistake(found, is_empty ? fmt::format("`{}` is empty", name)
                                    : fmt::format("`{}` has to be a text; this is {}", name, kind_text(*found.value)));
  return std::nullopt;
}

std::optional<std::uint64_t> Members::whole(std::string_view name, std::uint64_t min, std::uint64_t max) const {
  const Found found = get(name);
  if (!found) return std::nullopt;
  const Json& json = found.value->scalar;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() >= min && json.get<std::uint64_t>() <= max)
    return json.get<std::uint64_t>();
  findings_.mistake(found, fmt::format("`{}` has to be a whole number from {} to {}", name, min, max));
  return std::nullopt;
}

std::optional<Duration> Members::duration(std::string_view name, DurationRange range) const {
  const Found found = get(name);
  if (!found) return std::nullopt;
  const auto duration = read_duration(json_of(*found.value));
  if (!duration) {
    findings_.mistake(found, fmt::format("`{}` is no duration", name), "write it like 500ms, 3s, 15m, 24h or 2d");
    return std::nullopt;
  }
  if (*duration >= range.min && *duration <= range.max) return *duration;
  findings_.mistake(found, fmt::format("`{}` has to be from {} to {}", name, canonical_duration(range.min),
                                       canonical_duration(range.max)));
  return std::nullopt;
}

}  // namespace sagactl

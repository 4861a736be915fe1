#include <fmt/format.h>

#include <algorithm>

#include "server/definitions/definition_source.hpp"

namespace sagactl {
namespace {

struct StatusRule {
  std::string code;  // "402" or "5xx"
  std::string list;
  bool overlaps(const StatusRule& other) const {
    return code[0] == other.code[0] && (code == other.code || code.ends_with("xx") || other.code.ends_with("xx"));
  }
};

// "402", "5xx", or nothing.
std::optional<std::string> status_code(const SourceValue& value) {
  std::string text;
  if (value.scalar.is_number_unsigned()) text = std::to_string(value.scalar.get<std::uint64_t>());
  if (value.scalar.is_string()) text = value.scalar.get<std::string>();
  if (text.size() != 3 || text[0] < '2' || text[0] > '5') return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.substr(1) == "xx" || (is_digit(text[1]) && is_digit(text[2]))) return text;
  return std::nullopt;
}

void read_codes(Findings& findings, const Found& at, const char* name, std::vector<StatusRule>& rules) {
  constexpr const char* right = "write it like [402, 409] or [\"5xx\"]";
  if (!at) return;
  if (at.value->kind != SourceKind::list)
    return findings.mistake(
        at, fmt::format("`{}` has to be a list of status codes; this is {}", name, kind_text(*at.value)), right);
  for (std::size_t i = 0; i < at.value->items.size(); ++i) {
    const Found item = at.item(i);
    const auto code = status_code(*item.value);
    if (!code) {
      const std::string shown =
          item.value->kind == SourceKind::scalar ? json_text(item.value->scalar) : std::string(kind_text(*item.value));
      findings.mistake(item, fmt::format("{} is no status code from 200 to 599", shown), right);
      continue;
    }
    const StatusRule rule{*code, name};
    const auto same = std::find_if(rules.begin(), rules.end(), [&](const StatusRule& it) { return it.overlaps(rule); });
    if (same == rules.end())
      rules.push_back(rule);
    else if (same->list != rule.list)
      findings.mistake(item,
                       same->code == rule.code
                           ? fmt::format("{} is in `{}` and in `{}`", rule.code, same->list, rule.list)
                           : fmt::format("{} in `{}` and {} in `{}` mean the same answer", same->code, same->list,
                                         rule.code, rule.list),
                       "an answer means one thing");
    else
      findings.mistake(item, same->code == rule.code
                                 ? fmt::format("{} stands in `{}` twice", rule.code, name)
                                 : fmt::format("{} and {} in `{}` overlap", same->code, rule.code, name));
  }
}

}  // namespace

void read_answer_rules(Findings& findings, const Members& step, Json& canonical) {
  std::vector<StatusRule> rules;
  for (const char* name : {"done", "refused", "again"}) read_codes(findings, step.get(name), name, rules);
  std::sort(rules.begin(), rules.end(), [](const StatusRule& a, const StatusRule& b) { return a.code < b.code; });
  for (const char* name : {"done", "refused", "again"})
    for (const StatusRule& rule : rules)
      if (rule.list == name)
        canonical[name].push_back(rule.code.ends_with("xx") ? Json(rule.code) : Json(std::stoul(rule.code)));
}

}  // namespace sagactl

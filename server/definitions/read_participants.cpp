#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_pointer.hpp"
#include "httpclient/url.hpp"
#include "server/definitions/definition_source.hpp"

namespace sagactl {
namespace {

constexpr DurationRange call_time = {1ms, 10min};
constexpr DurationRange backoff_time = {1ms, 24h};
constexpr DurationRange budget_time = {1ms, 365 * 24h};
constexpr std::size_t concurrency_max = 1'000;
constexpr std::size_t participants_max = 100;
constexpr std::size_t topic_length_max = 229;  // Kafka's 249 with room for `.answers.dead-letter`

// Files on the node are named without their folder.
bool is_file_name(std::string_view name) {
  return name.size() <= 128 && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.';
         });
}

bool is_topic(std::string_view name) {
  return name.size() <= topic_length_max && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.';
         });
}

// The URL without a slash at its end.
std::optional<std::string> read_url(Findings& findings, const Members& it) {
  auto url = it.text("url");
  if (!url) return std::nullopt;
  const Found at = it.get("url");
  const auto parsed = parse_http_url(*url);
  const std::string_view rest = std::string_view(*url).substr(std::min(url->find("://"), url->size()));
  if (url->find_first_of("{}") != std::string::npos)
    findings.mistake(at, "the URL of a participant is fixed: it has no path in braces");
  else if (!url->starts_with("http://") && !url->starts_with("https://"))
    findings.mistake(at, fmt::format("`{}` does not begin with http:// or https://", *url));
  else if (rest.find('@') != std::string_view::npos)
    findings.mistake(at, "the URL holds a user or a password",
                     "secrets come from files on the node: name one by `secret`");
  else if (rest.find_first_of("?#") != std::string_view::npos)
    findings.mistake(at, "the URL of a participant has no query and no fragment", "put a query into the steps' calls");
  else if (std::any_of(url->begin(), url->end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; }))
    findings.mistake(at, "the URL has a blank");
  else if (!parsed)
    findings.mistake(at, fmt::format("this is no URL: {}", parsed.error().message));
  while (url->ends_with('/')) url->pop_back();
  return url;
}

void read_files(Findings& findings, const Members& it, bool is_https, Json& canonical) {
  for (const char* name : {"ca", "certificate", "key", "secret"}) {
    const auto file = it.text(name);
    if (!file) continue;
    if (!is_file_name(*file))
      findings.mistake(it.get(name), fmt::format("`{}` is no name of a file on the node", *file),
                       "it is named without its folder, by letters, digits, `.`, `_` and `-`");
    if (!is_https && std::string_view(name) != "secret")
      findings.mistake(it.get(name), fmt::format("`{}` is for https alone", name));
    canonical[name] = *file;
  }
  for (const auto& [one, other] : {std::pair{"certificate", "key"}, std::pair{"key", "certificate"}})
    if (it.get(one) && !it.get(other))
      findings.mistake(it.get(one), fmt::format("`{}` needs `{}` beside it", one, other));
}

Json read_retry(Findings& findings, const Found& at) {
  const Members it(findings, at, "`retry`", {"first", "cap", "budget"});
  RetryPolicy policy = ParticipantDefinition{}.retry;
  const auto first = it.duration("first", backoff_time), cap = it.duration("cap", backoff_time);
  const auto budget = it.duration("budget", budget_time);
  policy.first = first.value_or(policy.first);
  policy.cap = cap.value_or(policy.cap);
  policy.budget = budget.value_or(policy.budget);
  const bool is_read = !it.is_object() || ((first || !it.get("first")) && (cap || !it.get("cap")));
  if (is_read && policy.cap < policy.first)
    findings.mistake(
        cap ? it.get("cap") : it.get("first"),
        fmt::format("the longest pause, {}{}, is shorter than the first, {}{}", canonical_duration(policy.cap),
                    cap ? "" : " by default", canonical_duration(policy.first), first ? "" : " by default"),
        "`cap` has to be at least `first`");
  // The defaults too: a version means the same also when a later program has others.
  return {{"first", canonical_duration(policy.first)},
          {"cap", canonical_duration(policy.cap)},
          {"budget", canonical_duration(policy.budget)}};
}

void read_probe(Findings& findings, const Found& at, Json& canonical) {
  const Members it(findings, at, "`probe`", {"get", "count"});
  it.required("get");
  it.required("count");
  const auto get = it.text("get"), count = it.text("count");
  if (count && !count->starts_with('/'))
    findings.mistake(it.get("count"), fmt::format("`{}` is no JSON pointer", *count), "write it like /total");
  else if (count && !is_json_pointer(*count))
    findings.warning(it.get("count"), fmt::format("`{}` leads nowhere: it is no JSON pointer", *count),
                     "~ is written ~0, and / in a name ~1");
  if (get && count) canonical["probe"] = {{"get", *get}, {"count", *count}};
}

void read_participant(Findings& findings, const Members& it, ParticipantSource& out) {
  const ParticipantDefinition defaults;
  Json& canonical = out.canonical;
  const auto url = read_url(findings, it);
  const auto topic = it.text("kafka");
  const bool has_url = static_cast<bool>(it.get("url")), has_topic = static_cast<bool>(it.get("kafka"));
  if (has_url == has_topic)
    findings.mistake(has_url ? it.get("kafka") : it.object(),
                     fmt::format("the participant `{}` {}", out.name,
                                 has_url ? "has both `url` and `kafka`" : "has neither `url` nor `kafka`"),
                     "by `url` it is called over HTTP, by `kafka` it is asked by message in that topic");
  out.is_message = has_topic && !has_url;
  if (topic && !is_topic(*topic))
    findings.mistake(it.get("kafka"), fmt::format("`{}` is no name of a Kafka topic", *topic),
                     "it has up to 229 letters, digits, `.`, `_` and `-`");
  if (url) canonical["url"] = *url;
  if (topic) canonical["kafka"] = *topic;
  canonical["timeout"] = canonical_duration(it.duration("timeout", call_time).value_or(defaults.timeout));
  canonical["concurrency"] = it.whole("concurrency", 1, concurrency_max).value_or(defaults.concurrency);
  canonical["retry"] = read_retry(findings, it.get("retry"));
  if (out.is_message) {
    for (const char* name : {"ca", "certificate", "key", "secret", "probe", "advance"})
      if (const Found found = it.get(name))
        findings.mistake(found, fmt::format("`{}` is for participants with `url`", name));
    return;
  }
  read_files(findings, it, url && url->starts_with("https://"), canonical);
  out.probe = it.get("probe");
  if (out.probe) read_probe(findings, out.probe, canonical);
  out.advance_at = it.get("advance");
}

// Once all participants are known. A request of a rehearsal's is no use of a participant.
void read_advances(Findings& findings, DefinitionSource& out) {
  for (ParticipantSource& it : out.participants) {
    if (!it.advance_at) continue;
    it.advance = read_request(findings, it.advance_at, "`advance`", out, nullptr);
    if (!it.advance) continue;
    it.canonical["advance"] = it.advance->canonical;
    if (!it.advance->participant.empty() && it.advance->participant != it.name)
      findings.mistake(it.advance->url ? it.advance->url : it.advance->at,
                       fmt::format("`advance` of `{}` has to begin with {{{}}}/", it.name, it.name));
  }
  for (ParticipantSource& it : out.participants) it.is_used = false;
}

}  // namespace

void read_participants(Findings& findings, const Found& at, DefinitionSource& out) {
  if (!at) return;
  if (at.value->kind != SourceKind::object)
    return findings.mistake(at, fmt::format("`participants` has to be an object; this is {}", kind_text(*at.value)),
                            "write it like hotel: { url: \"http://hotel:8080\" }");
  if (at.value->members.size() > participants_max)
    return findings.mistake(
        at, fmt::format("the saga has {} participants; the most are {}", at.value->members.size(), participants_max));
  for (const SourceMember& member : at.value->members) {
    ParticipantSource& it = out.participants.emplace_back();
    it.name = member.name;
    it.at = {member.value.get(), below(at.path, member.name)};
    it.name_at = member.at;
    check_name(findings, member.at, it.at.path, member.name, "a participant");
    if (member.name == "input" || member.name == "saga")
      findings.mistake(member.at, it.at.path, fmt::format("a participant cannot be called `{}`", member.name),
                       "in braces it means something else");
    const Members members(findings, it.at, "a participant", participant_members());
    if (members.is_object()) read_participant(findings, members, it);
  }
  read_advances(findings, out);
}

}  // namespace sagactl

#include <fmt/format.h>

#include <algorithm>

#include "server/definitions/definition_source.hpp"
#include "server/definitions/input_schema.hpp"

namespace sagactl {
namespace {

constexpr const char* methods[] = {"get", "post", "put", "patch", "delete"};

std::vector<std::string> known_members(std::string_view what) {
  std::vector<std::string> known(std::begin(methods), std::end(methods));
  known.insert(known.end(), {"command", "body"});
  if (what == "`call`") known.emplace_back("participant");
  if (what == "`undo`") known.emplace_back("also");
  return known;
}

void check_command(Findings& findings, const Found& at, std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  constexpr std::size_t length_max = 64;
  if (name.size() > length_max || name.find_first_not_of(letters) != std::string_view::npos)
    findings.mistake(at, fmt::format("`{}` is no name of a command", name),
                     "it has up to 64 letters, digits, `.`, `_` and `-`");
}

// What follows the participant in a step's URL.
void check_rest_of_url(Findings& findings, const Found& at, std::string_view rest) {
  if (!rest.empty() && !rest.starts_with('/') && !rest.starts_with('?'))
    findings.mistake(at, fmt::format("`{}` follows the participant without a slash", rest),
                     "write it like {hotel}/bookings");
  if (rest.find('#') != std::string_view::npos)
    findings.mistake(at, "the URL has a fragment, which is never sent", "a `#` that is meant is written %23");
  const bool has_bad = std::any_of(rest.begin(), rest.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7F || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' ||
           c == '|';
  });
  if (has_bad)
    findings.mistake(at, "the URL has characters that cannot stand in one",
                     "write them percent-encoded: a blank is %20");
}

std::string participant_of_url(Findings& findings, const Found& at, const std::string& url, DefinitionSource& out) {
  const auto end = url.find('}');
  const std::vector<std::string> callable = out.names_of_participants(false);
  if (!url.starts_with('{') || end == std::string::npos) {
    findings.mistake(at, fmt::format("`{}` does not begin with a participant in braces", url),
                     callable.empty() ? "write it like {hotel}/bookings, with `hotel` under `participants`"
                                      : fmt::format("write it like {{{}}}/...", callable.front()));
    return {};
  }
  const std::string name = url.substr(1, end - 1);
  check_rest_of_url(findings, at, std::string_view(url).substr(end + 1));
  ParticipantSource* found = out.participant(name);
  if (!found) {
    findings.mistake(at, fmt::format("unknown participant `{}`", name),
                     callable.empty() ? "there is none under `participants`" : hint_of_names(name, callable));
    return {};
  }
  found->is_used = true;
  if (found->is_message) {
    findings.mistake(at, fmt::format("`{}` is asked by message and has no URL", name), "write `command` instead");
    return {};
  }
  return name;
}

std::string participant_of_message(Findings& findings, const Members& it, DefinitionSource& out,
                                   const RequestSource* call) {
  const std::vector<std::string> asked = out.names_of_participants(true);
  const Found command = it.get("command");
  if (call) {
    ParticipantSource* same = out.participant(call->participant);
    if (same && !same->is_message)
      findings.mistake(command, fmt::format("the step calls `{}`, which is not asked by message", same->name),
                       "write a method and a URL instead of `command`");
    return call->participant;
  }
  if (const Found named = it.get("participant")) {
    const std::string name = it.text("participant").value_or("");
    if (name.empty()) return {};
    ParticipantSource* found = out.participant(name);
    if (!found)
      findings.mistake(named, fmt::format("unknown participant `{}`", name),
                       asked.empty() ? "there is none with `kafka` under `participants`" : hint_of_names(name, asked));
    else if (!found->is_message)
      findings.mistake(named, fmt::format("`{}` has no topic: it is called by its URL", name));
    if (!found) return {};
    found->is_used = true;
    return name;
  }
  if (asked.size() == 1) {
    out.participant(asked.front())->is_used = true;
    return asked.front();
  }
  for (const std::string& name : asked) out.participant(name)->is_used = true;  // it may be any of them
  findings.mistake(command,
                   asked.empty() ? "no participant is asked by message" : "several participants are asked by message",
                   asked.empty() ? "one with `kafka` is missing under `participants`"
                                 : fmt::format("name one by `participant`: {}", quoted_names(asked)));
  return {};
}

// The way in which it is asked: a method, or `command`; empty unless there is exactly one.
std::string read_way(Findings& findings, const Members& it, std::string_view what) {
  std::vector<std::string> ways;
  for (const char* method : methods)
    if (it.get(method)) ways.emplace_back(method);
  if (it.get("command")) ways.emplace_back("command");
  if (ways.size() == 1) return ways.front();
  findings.mistake(it.object(),
                   ways.empty() ? fmt::format("{} needs a method (get, post, put, patch, delete) or a `command`", what)
                                : fmt::format("{} has {}; it is one of them", what, quoted_names(ways)));
  return {};
}

}  // namespace

std::optional<RequestSource> read_request(Findings& findings, const Found& at, std::string_view what,
                                          DefinitionSource& out, const RequestSource* call) {
  const Members it(findings, at, what, known_members(what));
  if (!it.is_object()) return std::nullopt;
  RequestSource request;
  request.at = at;
  const std::string way = read_way(findings, it, what);
  request.body = it.get("body");
  if (way.empty()) return request;
  const auto text = it.text(way);
  if (!text) return request;
  request.canonical[way] = *text;
  if (way == "command") {
    check_command(findings, it.get(way), *text);
    request.participant = participant_of_message(findings, it, out, call);
    if (what == "`call`") request.canonical["participant"] = request.participant;
  } else {
    request.method = way;
    request.url = it.get(way);
    request.participant = participant_of_url(findings, request.url, *text, out);
    if (const Found named = it.get("participant"))
      findings.mistake(named, "the URL names the participant", "`participant` is for a `command`");
  }
  if (request.body && way == "get")
    findings.mistake(request.body, "a get has no body", "put values into the URL, or write `post`");
  if (request.body) request.canonical["body"] = sorted_by_name(json_of(*request.body.value));
  if (const auto also = it.text("also")) {
    if (*also != "refused")
      findings.mistake(it.get("also"), fmt::format("`{}` is unknown here", *also), "`also` is `refused` or left out");
    request.canonical["also"] = "refused";
  }
  return request;
}

}  // namespace sagactl

#include "server/participants/calls/participant_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/text/json_object.hpp"
#include "common/text/percent.hpp"
#include "server/participants/calls/answer_text.hpp"
#include "server/participants/calls/lra_call.hpp"
#include "server/saga/dtm_definition.hpp"

namespace sagactl {
namespace {

constexpr std::size_t kept_depth_max = 64;  // of what is kept of an answer

std::string_view verb_of(Direction direction) {
  return direction == Direction::action ? "do" : "undo";
}

// Finds {input...}, {saga...} and what steps have kept, and parses each only when it is asked for.
class SagaValues {
 public:
  SagaValues(const Saga& saga, const SagaDefinition& definition, std::optional<std::size_t> step)
      : saga_(saga), definition_(definition), step_(step) {}

  const Json* find(const ValuePath& path) {
    const std::string& root = path.members.front();
    if (root == "input") return member(path, saga_.input);
    if (root == "saga") return find_member(about_saga(), path.members, 1);
    for (std::size_t i = 0; i < definition_.steps.size() && i < saga_.steps.size(); ++i)
      if (definition_.steps[i].name == root) return member(path, saga_.steps[i].kept);
    return nullptr;
  }

 private:
  const Json* member(const ValuePath& path, const std::string& text) {
    if (text.empty()) return nullptr;
    const auto [entry, is_new] = parsed_.try_emplace(path.members.front());
    if (is_new) entry->second = read_json(text);
    return find_member(entry->second, path.members, 1);
  }
  const Json& about_saga() {
    const auto [entry, is_new] = parsed_.try_emplace("saga");
    if (is_new) {
      entry->second = Json{{"id", saga_.id.text()}, {"name", saga_.type}, {"key", saga_.key}};
      if (step_) entry->second["step_key"] = step_key(saga_, *step_);
    }
    return entry->second;
  }

  const Saga& saga_;
  const SagaDefinition& definition_;
  const std::optional<std::size_t> step_;
  std::map<std::string, Json, std::less<>> parsed_;
};

bool matches(const std::vector<std::string>& codes, int status) {
  const std::string text = std::to_string(status);
  return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
    return code == text || (code.size() == 3 && code.ends_with("xx") && code[0] == text[0]);
  });
}

Outcome without_answer(const ParticipantAnswer& answer, bool is_question) {
  const std::string reason = answer.failure.empty() ? "no answer" : storable(answer.failure, answer_reason_max);
  const bool is_certain = !answer.was_called || !answer.was_sent;
  if (is_certain && !is_question) return Unavailable{reason};
  return UnknownOutcome{reason};
}

Outcome done_with(const ParticipantStep& step, Direction direction, const ParticipantAnswer& answer) {
  if (direction == Direction::compensation) return Succeeded{};
  auto kept = kept_of(step, answer.body);
  if (kept) return Succeeded{std::move(*kept)};
  const std::string said = answer.said ? std::string(to_string(*answer.said)) : std::to_string(answer.status);
  return UnknownOutcome{fmt::format("answered {}, but {}", said, kept.error().message)};
}

// docs/remote-participants.md
Outcome read_said(const ParticipantCall& call, const ParticipantStep& step, const ParticipantAnswer& answer) {
  const Direction direction = call.call.direction;
  const std::string said(to_string(*answer.said));
  const std::string reason = answer.failure.empty()
                                 ? "answered " + said
                                 : "answered " + said + ": " + storable(answer.failure, answer_reason_max);
  switch (*answer.said) {
    case Said::done:
      return done_with(step, direction, answer);
    case Said::refused:
      return Refused{reason};
    case Said::again:
      if (call.is_question) return UnknownOutcome{reason};
      return Unavailable{reason, false, answer.retry_after.value_or(Duration{})};
    case Said::under_way:
      return Accepted{answer.retry_after, {}};
    case Said::not_found:
      if (call.is_question) return Unavailable{"the participant does not know the call", true};
      if (direction == Direction::compensation) return Succeeded{};
      return Refused{reason};
    case Said::unknown:
      break;
  }
  return UnknownOutcome{reason};
}

// docs/participants.md
Outcome read_own_answer(const ParticipantCall& call, const ParticipantStep& step, const ParticipantAnswer& answer) {
  const Direction direction = call.call.direction;
  const int status = answer.status;
  if (answer.said) return read_said(call, step, answer);
  if (status == 0) return without_answer(answer, call.is_question);
  const bool is_absent = status == 404 || status == 410;
  if (is_absent && call.is_question) return Unavailable{"the participant does not know the call", true};
  if (direction == Direction::action) {
    if (matches(step.rules.done, status)) return done_with(step, direction, answer);
    if (matches(step.rules.refused, status)) return Refused{answered(answer)};
    if (matches(step.rules.again, status))
      return Unavailable{answered(answer), false, answer.retry_after.value_or(Duration{})};
  }
  if (status == 202 && (answer.retry_after || !answer.location.empty()))
    return Accepted{answer.retry_after.value_or(1s), location_in(call, answer)};
  // The first call of this key still runs: draft-ietf-httpapi-idempotency-key-header-07, 2.7. A node answers so, too.
  if (status == 409 && answer.retry_after) return Accepted{*answer.retry_after, {}};
  if (status / 100 == 2) return done_with(step, direction, answer);
  if (is_absent && direction == Direction::compensation) return Succeeded{};
  if (is_temporary(status)) {
    if (call.is_question) return UnknownOutcome{answered(answer)};
    return Unavailable{answered(answer), false, answer.retry_after.value_or(Duration{})};
  }
  if (status / 100 == 4) return Refused{answered(answer)};
  // It may have been done: some servers answer a repeat with 303.
  return UnknownOutcome{status / 100 == 3 ? fmt::format("answered {}; redirects are not followed", status)
                                          : answered(answer)};
}

// The URL as its client gave it, without the arguments that add_dtm_arguments() adds at its end.
std::string_view url_without_arguments(std::string_view url) {
  const auto at = url.rfind("branch_id=");
  return at == url.npos || at == 0 ? url : url.substr(0, at - 1);
}

// "url:http://a/out return failed: no money FAILURE"
std::string dtm_failure(const ParticipantCall& call, const ParticipantAnswer& answer) {
  std::string body = storable(answer.body, answer_reason_max);
  const auto trim_end = [&] {
    while (!body.empty() && static_cast<unsigned char>(body.back()) <= ' ') body.pop_back();
  };
  trim_end();
  if (body.ends_with("FAILURE")) body.resize(body.size() - 7);
  trim_end();
  if (!body.empty()) body += ' ';
  return fmt::format("url:{} return failed: {}FAILURE", url_without_arguments(call.url), body);
}

// docs/dtm.md
Outcome read_dtm_answer(const ParticipantCall& call, const ParticipantAnswer& answer) {
  const SagaDefinition& definition = *call.definition;
  const bool is_saga = definition.name == dtm_saga;
  const bool is_action = call.call.direction == Direction::action && !call.is_question;
  const auto says = [&](int status, std::string_view word) {
    return answer.status == status || (answer.status != 0 && answer.body.find(word) != std::string::npos);
  };
  const bool is_ongoing = says(425, "ONGOING");
  const bool is_failure = !is_ongoing && says(409, "FAILURE");
  if (is_failure && ((is_saga && is_action) || call.is_question)) return Refused{dtm_failure(call, answer)};
  if (answer.status == 200 && !is_failure && !is_ongoing)
    return Succeeded{is_saga && is_action ? std::string(dtm_kept_success) : std::string()};
  const std::string reason =
      answer.status == 0 ? (answer.failure.empty() ? "no answer" : answer.failure) : answered(answer);
  if (is_saga && is_action && definition.retry_limit > 0 && answer.was_called) {
    if (call.repeats < definition.retry_limit) return Unavailable{reason, true};
    return Refused{dtm_retry_limit_reason(definition.retry_limit)};
  }
  if (is_ongoing) return Accepted{definition.steps[call.call.step].retry.first, {}};
  return UnknownOutcome{reason};
}

Outcome read_by_protocol(const ParticipantCall& call, const ParticipantStep& step, const ParticipantAnswer& answer) {
  switch (call.definition->protocol) {
    case Protocol::dtm:
      return read_dtm_answer(call, answer);
    case Protocol::lra:
      return read_lra_answer(call, answer);
    case Protocol::sagactl:
      break;
  }
  return read_own_answer(call, step, answer);
}

CallOutcome kind_of(const Outcome& outcome) {
  if (std::holds_alternative<Succeeded>(outcome)) return CallOutcome::done;
  if (std::holds_alternative<Refused>(outcome)) return CallOutcome::refused;
  if (std::holds_alternative<UnknownOutcome>(outcome)) return CallOutcome::unknown;
  if (std::holds_alternative<Accepted>(outcome)) return CallOutcome::under_way;
  return CallOutcome::again;
}

void add_own_headers(ParticipantCall& out, const Saga& saga, const StepCall& call, const Moment& moment) {
  const SagaDefinition& definition = *out.definition;
  const auto add = [&](std::string name, std::string value) {
    out.headers.emplace_back(std::move(name), std::move(value));
  };
  if (!out.body.empty()) add("Content-Type", "application/json");
  add("Idempotency-Key", '"' + participant_key(saga, call.step, call.direction) + '"');
  add("Saga-Id", saga.id.text());
  add("Saga-Step", definition.steps[call.step].name);
  add("Saga-Direction", std::string(verb_of(call.direction)));
  add("Saga-Try", std::to_string(call.tries));
  add("traceparent", child_span(saga, moment.entropy ^ (call.step * 0x9E3779B97F4A7C15ull) ^ moment.now.us));
}

void add_dtm_arguments(ParticipantCall& out, const Saga& saga, const StepCall& call) {
  const SagaDefinition& definition = *out.definition;
  const bool is_question = out.is_question;
  const std::string branch = is_question ? "00" : definition.steps[call.step].name;
  const std::string_view op = is_question ? "msg" : call.direction == Direction::compensation ? "compensate" : "action";
  out.url += out.url.find('?') == std::string::npos ? '?' : '&';
  // In the order of their names, as DTM's server sends them.
  out.url += fmt::format("branch_id={}&gid={}&op={}&trans_type={}", branch, percent_encode(saga.key), op,
                         definition.name == dtm_saga ? "saga" : "msg");
  out.headers.emplace_back("Content-Type", "application/json");
  for (const StepState& state : saga.steps)
    if (state.status == StepStatus::running || state.status == StepStatus::succeeded)
      out.repeats += std::max(state.tries - 1, 0);
  for (const auto& header : definition.headers) {
    const auto same = std::find_if(out.headers.begin(), out.headers.end(), [&](const auto& it) {
      return std::equal(it.first.begin(), it.first.end(), header.first.begin(), header.first.end(),
                        [](char a, char b) { return std::tolower(a) == std::tolower(b); });
    });
    if (same == out.headers.end())
      out.headers.push_back(header);
    else
      same->second = header.second;
  }
}

// Whether the call asks what became of an earlier one, by the step's own `ask`.
bool asks_by_request(const ParticipantStep& step, const StepCall& call) {
  return call.direction == Direction::action && step.ask && (call.ask_first || call.ask_only);
}

}  // namespace

std::string participant_key(const Saga& saga, std::size_t step, Direction direction) {
  const StepState& state = saga.steps[step];
  std::string key = fmt::format("{}/{}/{}/{}", saga.id.text(), definition_of(saga)->steps[step].name,
                                verb_of(direction), state.execution);
  if (direction == Direction::compensation && state.undo_round > 0) key += fmt::format(".{}", state.undo_round + 1);
  return key;
}

std::string step_key(const Saga& saga, std::size_t step) {
  return participant_key(saga, step, Direction::action);
}

Result<ParticipantCall> request_of(const Saga& saga, const StepCall& call, const Moment& moment) {
  if (saga.own_definition->protocol == Protocol::lra) return lra_request_of(saga, call, moment);
  ParticipantCall out;
  out.call = call;
  const StepDefinition& step = saga.own_definition->steps[call.step];
  const ParticipantStep& asked = *step.call;
  const StepState& state = saga.steps[call.step];
  const bool undoes = call.direction == Direction::compensation;
  const RequestTemplate* request = undoes ? (asked.undo ? &*asked.undo : nullptr) : &asked.perform;
  out.participant = undoes ? asked.undo_participant.value_or(asked.participant) : asked.participant;
  out.undo_round = undoes ? state.undo_round : 0;
  if (asks_by_request(asked, call)) {
    request = &*asked.ask;
    out.is_question = true;
  }
  const bool calls = request && (!request->method.empty() || !request->command.empty());
  if (!calls && state.location.empty()) return out;
  const ParticipantDefinition& participant = saga.own_definition->participants[out.participant];
  out.timeout = participant.timeout;
  if (!state.location.empty()) {
    out.is_question = true;
    out.method = "GET";
    out.url = state.location;
  } else {
    SagaValues values(saga, *saga.own_definition.definition, call.step);
    const auto find = [&](const ValuePath& path) { return values.find(path); };
    auto url = render(request->url, find);
    if (!url) return Error{ErrorCode::invalid, fmt::format("the request's URL: {}", url.error().message)};
    auto body = render(request->body, find);
    if (!body) return Error{ErrorCode::invalid, fmt::format("the request's body: {}", body.error().message)};
    out.method = request->method;
    out.command = request->command;
    if (!request->method.empty()) out.url = participant.url + *url;
    out.body = std::move(*body);
  }
  out.definition = saga.own_definition.definition;
  if (saga.own_definition->protocol == Protocol::dtm)
    add_dtm_arguments(out, saga, call);
  else
    add_own_headers(out, saga, call, moment);
  return out;
}

// A question that cannot be asked leaves open what it was about: the call is made again, which its key makes harmless,
// and on the way back it is undone once the time for questions is over.
Outcome without_request(const Saga& saga, const StepCall& call, std::string reason) {
  const ParticipantStep* step = saga.own_definition->steps[call.step].call.get();
  if (!step || !asks_by_request(*step, call)) return Refused{std::move(reason)};
  if (call.ask_only) return UnknownOutcome{std::move(reason)};
  return Unavailable{std::move(reason), true};
}

ReadAnswer read_answer(const ParticipantCall& call, const ParticipantAnswer& answer) {
  const ParticipantStep& step = *call.definition->steps[call.call.step].call;
  ReadAnswer out{read_by_protocol(call, step, answer), {}};
  CallRecord& record = out.record;
  record.step = call.call.step;
  record.direction = call.call.direction;
  record.execution = call.call.execution;
  record.tries = call.call.tries;
  record.is_question = call.is_question;
  record.outcome = kind_of(out.outcome);
  record.status = answer.status;
  const bool has_body = answer.said ? !answer.body.empty() : answer.status != 0;
  record.answer = kept_answer(has_body ? answer.body : answer.failure);
  record.took = answer.took;
  return out;
}

std::string kept_answer(std::string_view bytes) {
  return storable(bytes, kept_answer_max);
}

Result<std::string> kept_of(const ParticipantStep& step, std::string_view answer) {
  if (step.keep.empty()) return std::string();
  if (is_nested_deeper(answer, kept_depth_max))
    return Error{ErrorCode::invalid, fmt::format("its answer is nested deeper than {}", kept_depth_max)};
  const Json body = read_json(answer);
  Json kept = Json::object();
  for (const auto& [name, pointer] : step.keep) {
    const Json* value = find_pointer(body, pointer);
    if (!value)
      return Error{ErrorCode::invalid, body.is_discarded()
                                           ? fmt::format("its answer is no JSON, so it has no {}", pointer)
                                           : fmt::format("its answer has no {}", pointer)};
    kept[name] = *value;
  }
  return json_text(kept);
}

std::string result_of(const Saga& saga) {
  const SagaDefinition* definition = definition_of(saga);
  if (!definition || definition->is_built_in()) return "{}";
  if (!definition->result.empty()) {
    SagaValues values(saga, *definition, std::nullopt);
    auto rendered = render(definition->result, [&](const ValuePath& path) { return values.find(path); });
    return rendered ? std::move(*rendered) : "null";
  }
  JsonObject kept;
  for (std::size_t i = 0; i < saga.steps.size() && i < definition->steps.size(); ++i)
    if (const std::string& own = saga.steps[i].kept; !own.empty() && own != "{}")
      kept.raw(json_escaped(definition->steps[i].name), own);
  return kept.take();
}

}  // namespace sagactl

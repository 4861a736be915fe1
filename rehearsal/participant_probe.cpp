#include "rehearsal/participant_probe.hpp"

#include <fmt/format.h>

#include <future>
#include <set>

#include "httpclient/https_check.hpp"

namespace sagactl {
namespace {

Result<ParticipantCall> make_request(const DefinitionPointer& definition, std::size_t participant,
                                     const RequestTemplate& request, const Json& values) {
  ParticipantCall out;
  out.definition = definition;
  out.participant = participant;
  out.is_question = true;
  out.method = request.method;
  out.timeout = definition->participants[participant].timeout;
  const auto find = [&](const ValuePath& path) { return find_member(values, path.members, 0); };
  auto url = render(request.url, find);
  if (!url) return url.error();
  auto body = render(request.body, find);
  if (!body) return body.error();
  out.url = definition->participants[participant].url + *url;
  out.body = std::move(*body);
  if (!out.body.empty()) out.headers.emplace_back("Content-Type", "application/json");
  return out;
}

std::string why_silent(const ParticipantDefinition& participant, const ParticipantAnswer& answer) {
  const auto url = parse_http_url(participant.url);
  const bool may_be_https = answer.was_sent && url && !url->tls;
  return may_be_https && speaks_tls_now(*url) ? wants_https(*url, "GET").message : answer.failure;
}

}  // namespace

ParticipantAnswer call_and_wait(const ParticipantCall& call, ParticipantCaller& participants) {
  auto answered = std::make_shared<std::promise<ParticipantAnswer>>();
  auto answer = answered->get_future();
  participants.call(call, [answered](ParticipantAnswer it) { answered->set_value(std::move(it)); });
  return answer.get();
}

Result<ParticipantCall> advance_request(const ParticipantCall& call, Duration by) {
  const ParticipantDefinition& participant = call.definition->participants[call.participant];
  if (!participant.advance) return Error{ErrorCode::invalid, fmt::format("{} has no `advance`", participant.name)};
  auto request = make_request(call.definition, call.participant, *participant.advance,
                              Json{{"rehearsal", {{"seconds", by / 1s}}}, {"saga", {{"id", call.call.saga.text()}}}});
  if (request) request->call = call.call;
  return request;
}

std::vector<std::size_t> called_participants(const SagaDefinition& definition) {
  std::set<std::size_t> called;
  for (const StepDefinition& step : definition.steps) {
    if (!step.call) continue;
    called.insert(step.call->participant);
    if (step.call->undo_participant) called.insert(*step.call->undo_participant);
  }
  called.erase(ParticipantStep::no_participant);
  return {called.begin(), called.end()};
}

Result<void> reach_participants(const DefinitionPointer& definition, ParticipantCaller& participants) {
  std::string silent;
  for (const std::size_t i : called_participants(*definition)) {
    const ParticipantDefinition& participant = definition->participants[i];
    RequestTemplate address;
    address.method = "GET";
    auto request = make_request(definition, i, address, Json::object());
    if (!request) return request.error();
    const ParticipantAnswer answer = call_and_wait(*request, participants);
    if (answer.status != 0) continue;
    silent += fmt::format("{}the participant '{}' cannot be called: {}", silent.empty() ? "" : "; ", participant.name,
                          why_silent(participant, answer));
  }
  if (silent.empty()) return {};
  return Error{ErrorCode::unavailable, silent};
}

Result<std::optional<std::int64_t>> count_effects(const Saga& saga, std::size_t participant,
                                                  ParticipantCaller& participants) {
  const ParticipantDefinition& definition = saga.own_definition->participants[participant];
  if (!definition.probe) return std::optional<std::int64_t>();
  auto request = make_request(saga.own_definition.definition, participant, definition.probe->request,
                              Json{{"saga", {{"id", saga.id.text()}, {"key", saga.key}, {"name", saga.type}}},
                                   {"input", read_json(saga.input)}});
  if (!request) return request.error();
  request->call.saga = saga.id;
  const ParticipantAnswer answer = call_and_wait(*request, participants);
  const std::string what = fmt::format("the probe of {} ({} {})", definition.name, request->method, request->url);
  if (answer.status == 0) return Error{ErrorCode::unavailable, fmt::format("{} failed: {}", what, answer.failure)};
  if (answer.status / 100 != 2)
    return Error{ErrorCode::unavailable, fmt::format("{} was answered {}", what, answer.status)};
  const Json body = read_json(answer.body);
  const Json* count = find_pointer(body, definition.probe->count);
  if (count && count->is_number_integer()) return std::optional(count->get<std::int64_t>());
  return Error{ErrorCode::invalid, fmt::format("{} has no number at {}", what, definition.probe->count)};
}

}  // namespace sagactl

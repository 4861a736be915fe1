#include "server/participants/calls/lra_call.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/participants/calls/answer_text.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl {
namespace {

constexpr Duration first_poll = 500ms, last_poll = 30s;

// The pause before a participant that is still at work is asked again: longer each time.
Duration poll_wait(const StepCall& call, const ParticipantAnswer& answer) {
  if (answer.retry_after) return *answer.retry_after;
  Duration wait = first_poll;
  for (int i = 1; i < call.tries && wait < last_poll; ++i) wait *= 2;
  return std::min(wait, last_poll);
}

// The participant's status in a body: a word, perhaps in quotes.
std::optional<LraParticipantStatus> status_in(const ParticipantAnswer& answer) {
  std::string_view word = trim(std::string_view(answer.body).substr(0, 64));
  if (word.size() > 1 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
  return from_string<LraParticipantStatus>(word);
}

std::string failed_with(const ParticipantAnswer& answer) {
  return answer.failure.empty() ? "no answer" : storable(answer.failure, answer_reason_max);
}

// It no longer exists, and neither does its state.
Outcome read_gone(const ParticipantCall& call, const ParticipantAnswer& answer) {
  if (call.has_forgotten) return Refused{fmt::format("{}; it was asked to forget its failure", answered(answer))};
  return Succeeded{};
}

// What the status in an answer means, to a call in its direction; none: nothing that ends or continues the call.
std::optional<Outcome> read_status(const ParticipantCall& call, const ParticipantAnswer& answer) {
  using enum LraParticipantStatus;
  const auto status = status_in(answer);
  if (!status) return std::nullopt;
  const bool undoes = call.call.direction == Direction::compensation;
  if (*status == (undoes ? compensated : completed)) return Succeeded{};
  if (*status == (undoes ? failed_to_compensate : failed_to_complete)) return Refused{answered(answer)};
  if (*status == (undoes ? compensating : completing))
    return Accepted{poll_wait(call.call, answer), call.is_question ? call.url : std::string()};
  return std::nullopt;
}

Outcome read_question(const ParticipantCall& call, const ParticipantAnswer& answer) {
  if (answer.status == 0) return UnknownOutcome{failed_with(answer)};
  if (answer.status == 202) return Accepted{poll_wait(call.call, answer), call.url};
  if (answer.status == 410) return read_gone(call, answer);
  if (answer.status / 100 == 2) {
    if (auto outcome = read_status(call, answer)) return *outcome;
    return Unavailable{fmt::format("its status is '{}'", storable(answer.body, 64)), true};
  }
  if (is_temporary(answer.status)) return UnknownOutcome{answered(answer)};
  return Unavailable{answered(answer), true};  // nobody there to ask
}

// A participant that is notified of the end, or asked to forget, is called again until it has answered; 202 promises to
// do so. The kept value says that it has forgotten, not that it is done.
Outcome read_told(const ParticipantCall& call, const ParticipantAnswer& answer) {
  const bool is_done = answer.status / 100 == 2 && answer.status != 202;
  if (is_done || answer.status == 410)
    return Succeeded{call.forgets ? fmt::format("{{{}", lra_forgotten_member) : std::string()};
  if (answer.status == 0) return Unavailable{failed_with(answer)};
  return Unavailable{answered(answer), false, answer.retry_after.value_or(Duration{})};
}

// Without an answer that counts it is asked for its status, or called again.
Outcome read_work(const ParticipantCall& call, const ParticipantStep& step, const ParticipantAnswer& answer) {
  const int status = answer.status;
  if (status == 202) {
    std::string ask_at = location_in(call, answer);
    if (ask_at.empty() && step.ask) ask_at = step.ask->url.front().literal;
    return Accepted{poll_wait(call.call, answer), std::move(ask_at)};
  }
  if (status == 409) return Refused{answered(answer)};
  if (status == 410) return read_gone(call, answer);
  if (status / 100 == 2) {
    auto outcome = read_status(call, answer);
    return outcome ? std::move(*outcome) : Succeeded{};
  }
  // Narayana's coordinator takes a failure also from such an answer.
  if (auto outcome = read_status(call, answer); status == 500 && outcome && std::holds_alternative<Refused>(*outcome))
    return std::move(*outcome);
  const std::string reason = status == 0 ? failed_with(answer) : answered(answer);
  const bool did_nothing = status == 0 && (!answer.was_called || !answer.was_sent);
  if (did_nothing || !step.ask) return Unavailable{reason, false, answer.retry_after.value_or(Duration{})};
  return UnknownOutcome{reason};
}

// Which request it is, but for its headers and its body.
const RequestTemplate* choose_request(ParticipantCall& out, const ParticipantStep& step, const StepState& state) {
  const bool undoes = out.call.direction == Direction::compensation;
  if (is_told_to_forget(state) && step.forget) {
    out.forgets = true;
    return &*step.forget;
  }
  out.has_forgotten = was_told_to_forget(state);
  if (step.ask && (out.call.ask_first || out.call.ask_only)) {
    out.is_question = true;
    return &*step.ask;
  }
  if (undoes) return step.undo ? &*step.undo : nullptr;
  return step.perform.method.empty() ? nullptr : &step.perform;
}

// The server that is called, among those of the definition: it has a queue of its own.
std::size_t server_of(const SagaDefinition& definition, std::string_view url, std::size_t usual) {
  for (std::size_t i = 0; i < definition.participants.size(); ++i) {
    const std::string& server = definition.participants[i].url;
    const char next = url.size() > server.size() ? url[server.size()] : '/';
    if (url.starts_with(server) && (next == '/' || next == '?')) return i;
  }
  return usual;
}

LraWord word_of(const StepCall& call, const ParticipantStep& step) {
  if (step.part == LraPart::forgets) return LraWord::forget;
  return call.direction == Direction::compensation ? LraWord::compensate : LraWord::complete;
}

}  // namespace

ParticipantAnswer nested_lra_answer(const Saga& nested, LraWord word) {
  using enum LraStatus;
  const LraStatus status = lra_status_of(nested);
  const bool goes_back = status == cancelling || status == cancelled || status == failed_to_cancel;
  const bool undoes = word == LraWord::compensate, has_failed = status == failed_to_close || status == failed_to_cancel;
  ParticipantAnswer answer;
  answer.status = 200;
  answer.body = to_string(as_participant(status));
  if (undoes && !goes_back) {
    answer.status = 409;
    answer.body = to_string(LraParticipantStatus::failed_to_compensate);
  } else if (!undoes && goes_back) {
    answer.status = status == cancelling ? 202 : 410;
  } else if (is_under_way(status)) {
    answer.status = 202;
  } else if (has_failed) {
    answer.status = 409;
  }
  return answer;
}

std::string lra_status_url(const LraDefinition& lra, SagaId saga) {
  return fmt::format("{}/{}/status", lra.coordinator, saga.text());
}

std::string lra_recovery_url(const LraDefinition& lra, SagaId saga, std::size_t participant) {
  return fmt::format("{}/recovery/{}/{}", lra.coordinator, saga.text(),
                     lra_step_name(first_lra_step(lra, participant)));
}

Result<ParticipantCall> lra_request_of(const Saga& saga, const StepCall& call, const Moment& moment) {
  ParticipantCall out;
  out.call = call;
  const SagaDefinition& definition = *saga.own_definition.definition;
  const ParticipantStep& step = *definition.steps[call.step].call;
  const StepState& state = saga.steps[call.step];
  const RequestTemplate* request = choose_request(out, step, state);
  if (!request && state.location.empty()) return out;
  out.definition = saga.own_definition.definition;
  if (!state.location.empty()) {
    out.is_question = true;
    out.method = "GET";
    out.url = state.location;
  } else {
    out.method = request->method;
    out.url = request->url.front().literal;
  }
  const LraDefinition& lra = *definition.lra;
  const std::size_t who = lra_participant_of(lra, call.step);
  if (lra.participants[who].nested) {
    out.nested = NestedLraCall{*lra.participants[who].nested, word_of(call, step)};
    out.participant = ParticipantStep::no_participant;
    return out;
  }
  const bool undoes = call.direction == Direction::compensation;
  const std::size_t usual = undoes ? step.undo_participant.value_or(step.participant) : step.participant;
  out.participant = server_of(definition, out.url, usual);
  out.timeout = definition.participants[out.participant].timeout;
  const bool listens = step.part == LraPart::listens;
  const auto add = [&](const char* name, std::string value) { out.headers.emplace_back(name, std::move(value)); };
  if (out.method == "PUT") add("Content-Type", "text/plain");
  add(listens ? "Long-Running-Action-Ended" : "Long-Running-Action", lra_id(lra, saga.id));
  if (lra.is_nested()) add("Long-Running-Action-Parent", lra.parent);
  add("Long-Running-Action-Recovery", lra_recovery_url(lra, saga.id, who));
  if (!lra.participants[who].data.empty()) add("Narayana-LRA-Participant-Data", lra.participants[who].data);
  add("traceparent", child_span(saga, moment.entropy ^ (call.step * 0x9E3779B97F4A7C15ull) ^ moment.now.us));
  if (listens) out.body = to_string(lra_status_of(saga));
  return out;
}

Outcome read_lra_answer(const ParticipantCall& call, const ParticipantAnswer& answer) {
  const ParticipantStep& step = *call.definition->steps[call.call.step].call;
  if (step.part != LraPart::acts || call.forgets) return read_told(call, answer);
  return call.is_question ? read_question(call, answer) : read_work(call, step, answer);
}

}  // namespace sagactl

#include "server/adapters/message_participants/participant_callers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

std::string no_broker(const ParticipantDefinition& participant) {
  return fmt::format(
      "the participant '{}' is asked by message, and this node has no Kafka: start it with --kafka host:port and "
      "--participants-topics {}, or give the participant a `url`",
      participant.name, participant.topic);
}

}  // namespace

ParticipantCallers::ParticipantCallers(std::unique_ptr<HttpParticipantCaller> http,
                                       std::unique_ptr<MessageCaller> messages,
                                       std::unique_ptr<ParticipantCaller> made_up)
    : http_(std::move(http)), messages_(std::move(messages)), made_up_(std::move(made_up)) {}

void ParticipantCallers::call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) {
  if (made_up_) return made_up_->call(std::move(call), std::move(done));
  if (call.command.empty()) return http_->call(std::move(call), std::move(done));
  if (messages_) return messages_->call(std::move(call), std::move(done));
  ParticipantAnswer answer;
  answer.failure = no_broker(call.definition->participants[call.participant]);
  answer.was_sent = answer.was_called = false;
  done(std::move(answer));
}

void ParticipantCallers::withdraw(SagaId saga) {
  http_->withdraw(saga);
  if (messages_) messages_->withdraw(saga);
}

void ParticipantCallers::set_guard(std::function<bool()> may_begin) {
  if (messages_) messages_->set_guard(may_begin);
  http_->set_guard(std::move(may_begin));
}

std::vector<ParticipantStats> ParticipantCallers::stats() const {
  std::vector<ParticipantStats> all = http_->stats();
  if (!messages_) return all;
  std::vector<ParticipantStats> more = messages_->stats();
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return all;
}

std::vector<ConsumerProgress> ParticipantCallers::consumers() const {
  return messages_ ? messages_->consumers() : std::vector<ConsumerProgress>{};
}

Result<void> ParticipantCallers::check(const SagaDefinition& definition) const {
  if (made_up_) return {};
  std::string wrong;
  const auto add = [&](const std::string& message) { wrong += (wrong.empty() ? "" : "; ") + message; };
  SagaDefinition over_http;
  for (const ParticipantDefinition& each : definition.participants) {
    if (each.topic.empty()) over_http.participants.push_back(each);
    if (!each.topic.empty() && !messages_) add(no_broker(each));
  }
  if (messages_)
    if (const auto checked = messages_->check(definition); !checked) add(checked.error().message);
  if (const auto checked = http_->check(over_http); !checked) add(checked.error().message);
  if (!wrong.empty()) return Error{ErrorCode::invalid, wrong};
  return {};
}

Result<void> ParticipantCallers::prepare(const SagaDefinition& definition) const {
  return messages_ ? messages_->prepare(definition) : Result<void>{};
}

void ParticipantCallers::set_take(TakeMessageAnswer take) {
  if (messages_) messages_->set_take(std::move(take));
}

}  // namespace sagactl

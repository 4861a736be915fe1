// A definition with a participant that is asked by message, and calls to it.
#pragma once

#include <memory>
#include <string>

#include "server/participants/calls/participant_call.hpp"

namespace sagactl {

inline std::shared_ptr<SagaDefinition> tickets(const std::string& topic = "mail-commands", Duration timeout = 10s,
                                               std::size_t concurrency = 64) {
  auto definition = std::make_shared<SagaDefinition>();
  definition->name = "tickets";
  definition->text = "{}";
  ParticipantDefinition mail;
  mail.name = "mail";
  mail.topic = topic;
  mail.timeout = timeout;
  mail.concurrency = concurrency;
  definition->participants.push_back(mail);
  StepDefinition step;
  step.name = "send";
  definition->steps.push_back(step);
  return definition;
}

inline ParticipantCall command_of(const DefinitionPointer& definition, SagaId saga = SagaId::fresh(), int tries = 1) {
  ParticipantCall call;
  call.call.saga = saga;
  call.call.tries = tries;
  call.call.since = Timestamp{1'700'000'000'000'000};
  call.definition = definition;
  call.command = "send-tickets";
  call.headers = {{"Idempotency-Key", "\"" + saga.text() + "/send/do/1\""},
                  {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  call.body = R"({"guest":"Ada"})";
  call.timeout = definition->participants[0].timeout;
  return call;
}

}  // namespace sagactl

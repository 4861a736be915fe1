// Answers of participants that were asked by message.
#include <fmt/format.h>

#include "server/engine/batch/command_batch.hpp"
#include "server/participants/calls/participant_request.hpp"

namespace sagactl {
namespace {

// How long the call that is answered has been in progress; nothing when another one is.
Duration took(const StepState& state, const StepDefinition& step, const StepCall& call, Timestamp now) {
  const bool is_in_progress = state.calling && state.wake_at && state.execution == call.execution &&
                              state.tries == call.tries && state.began_at == call.since;
  if (!is_in_progress) return {};
  return std::max(now - (*state.wake_at - step.timeout), Duration{});
}

}  // namespace

// An answer that changes nothing leaves no record: a participant may repeat it without end.
Result<Receipt> CommandBatch::on(const MessageAnswered& command) {
  const MessageAnswer& given = command.answer;
  const std::string saga_id = given.call.saga.text();
  auto found = draft_of_saga(order_of(given.call.saga));
  if (!found) return Error{ErrorCode::not_found, fmt::format("there is no saga {}", saga_id)};
  Draft draft = std::move(*found);
  const Saga& saga = *draft.flow.saga;
  ParticipantCall asked;
  asked.call = given.call;
  asked.definition = saga.own_definition.definition;
  asked.is_question = given.is_question;
  std::size_t& i = asked.call.step;
  i = 0;
  while (asked.definition && i < asked.definition->steps.size() && asked.definition->steps[i].name != given.step) ++i;
  if (!asked.definition || i == asked.definition->steps.size() || !asked.definition->steps[i].call)
    return Error{ErrorCode::invalid, fmt::format("saga {} calls nobody in a step {}", saga_id, given.step)};
  const ParticipantStep& step = *asked.definition->steps[i].call;
  const bool is_undo = given.call.direction == Direction::compensation;
  asked.participant = is_undo ? step.undo_participant.value_or(step.participant) : step.participant;
  // A participant answers only for steps that are called in its own topic. Not every step has one: a transaction of DTM
  // may call nobody, and a nested LRA is no participant with an address.
  const auto& participants = asked.definition->participants;
  if (asked.participant >= participants.size() || participants[asked.participant].topic != given.topic)
    return Error{ErrorCode::invalid,
                 fmt::format("step {} of saga {} is not asked in the topic {}", given.step, saga_id, given.topic)};
  ParticipantAnswer answer = given.answer;
  answer.took = took(saga.steps[i], asked.definition->steps[i], given.call, moment_.now);
  ReadAnswer read = read_answer(asked, answer);
  keep_record(draft, read.record);
  const auto done = decide_saga(draft, StepReply{i, given.call.direction, given.call.execution, std::move(read.outcome),
                                                 given.call.tries, given.call.since});
  if (!done) return done.error();
  return accept(std::move(draft));
}

}  // namespace sagactl

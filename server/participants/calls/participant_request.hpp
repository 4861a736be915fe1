// The requests to participants of users' sagas, and what their answers mean. Pure. The rules are those of
// docs/participants.md, of docs/dtm.md for transactions of DTM's clients, and of docs/lra.md for LRAs.
#pragma once

#include <string>
#include <string_view>

#include "server/participants/calls/call_record.hpp"
#include "server/participants/calls/participant_call.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// The Idempotency-Key of a call: the same in every repeat.
std::string participant_key(const Saga& saga, std::size_t step, Direction direction);
// {saga.step_key}: by it an undo and a question name what they are about. It is the key of the step's call.
std::string step_key(const Saga& saga, std::size_t step);

// The request of `call`. `invalid` names a value that is missing: no try can succeed. The request has no `definition`
// if the step has nothing to call: it is done at once.
Result<ParticipantCall> request_of(const Saga& saga, const StepCall& call, const Moment& moment);
// What comes of `call` when there is no request of it, for that reason.
Outcome without_request(const Saga& saga, const StepCall& call, std::string reason);

struct ReadAnswer {
  Outcome outcome;
  CallRecord record;  // without times and node
};

// What the answer to `call` means.
ReadAnswer read_answer(const ParticipantCall& call, const ParticipantAnswer& answer);

// What the step keeps of a body that says that it is done, whichever way it came: a JSON object, or empty. `invalid`
// names the pointer that leads nowhere.
Result<std::string> kept_of(const ParticipantStep& step, std::string_view body);

// The beginning of what a participant sent, which may be any bytes, as CallRecord::answer keeps it.
std::string kept_answer(std::string_view bytes);

// The result of the saga: JSON text.
std::string result_of(const Saga& saga);

}  // namespace sagactl

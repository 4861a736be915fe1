// The saga's decider: from its state and a command to its new state, the events and the calls to make next. Pure: no
// clock, no I/O, no randomness except what `Moment` carries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/result.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/lra_definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// What a decision may use besides the state.
struct Moment {
  Timestamp now;              // the database's clock
  NodeName node;              // the node that decides
  std::int64_t epoch = 0;     // its epoch
  std::uint64_t entropy = 0;  // for jitter
};

enum class Direction : std::uint8_t { action, compensation };

template <>
struct Spelling<Direction> {
  static constexpr std::string_view names[] = {"action", "compensation"};
};

// Whether a step in progress is being done or undone.
inline Direction direction_of(const StepState& step) {
  return step.status == StepStatus::compensating ? Direction::compensation : Direction::action;
}

// The participant command that does the step, or undoes it.
inline std::string_view command_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.action : step.compensation;
}

// Asks a participant to do, or undo, a step. The same call may be repeated; barriers make it count once.
struct StepCall {
  SagaId saga;
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  int tries = 1;
  bool ask_first = false;  // an earlier try may have taken effect: ask for its outcome before doing it again
  bool ask_only = false;   // find out what became of it, and do not do it: a wait that is over, a saga that compensates
  Timestamp since = {};    // when the tries (re)started: with `tries` it identifies the call within its execution

  // Without `since`: the same request, whenever it is made.
  friend bool operator==(const StepCall& a, const StepCall& b) {
    return a.saga == b.saga && a.step == b.step && a.direction == b.direction && a.execution == b.execution &&
           a.tries == b.tries && a.ask_first == b.ask_first && a.ask_only == b.ask_only;
  }
};

// A participant's answer.
struct Succeeded {
  std::string kept = {};  // what a user's step keeps of the answer: a JSON object, or empty
  friend bool operator==(const Succeeded&, const Succeeded&) = default;
};
struct Refused {  // permanent; had no effect: a declined card
  std::string reason;
  friend bool operator==(const Refused&, const Refused&) = default;
};
struct Unavailable {  // temporary; had no effect: worth another try
  std::string reason;
  bool again_now = false;  // the participant knows what to do next: call again without a backoff
  Duration at_least = {};  // not before then
  friend bool operator==(const Unavailable&, const Unavailable&) = default;
};
struct UnknownOutcome {  // may be in effect: a time-out
  std::string reason;
  friend bool operator==(const UnknownOutcome&, const UnknownOutcome&) = default;
};
// Nothing has been done, and nothing will be until ProceedSaga reports that the condition outside is met: a shop that
// confirms a payment. There are no tries in the meantime; the step's budget limits the wait.
struct Awaited {
  std::string reason;
  friend bool operator==(const Awaited&, const Awaited&) = default;
};
// Under way at the participant: it is asked again after `ask_in`, at `location` or else by the same call. Without
// `ask_in` it calls back, and is only asked when the step's budget ends.
struct Accepted {
  std::optional<Duration> ask_in = {};
  std::string location = {};
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
using Outcome = std::variant<Succeeded, Refused, Unavailable, UnknownOutcome, Awaited, Accepted>;

// Why a step did not succeed; empty for Succeeded. Valid as long as the outcome.
std::string_view reason_of(const Outcome& outcome);

// Commands to the saga.
struct StartSaga {};
struct StepReply {
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  Outcome outcome;
  // Identify the call that is answered; 0: unknown. A final answer (Succeeded, Refused) holds whichever call it was. An
  // answer that nothing has happened concerns its own call only: while a later call is in progress it is ignored.
  int tries = 0;
  Timestamp since = {};
};
struct WakeSaga {
  // The durable timer that fired. None: a node has adopted the saga and does not know its progress; the time without an
  // owner does not count against the budget of its step.
  std::optional<Timestamp> timer;
};
struct CompensateSaga {
  std::string reason;
  std::string by = {};  // the id of the user who asked; empty: no user did explicitly
};
// Ends the saga as failed, whatever its steps have done: nothing is undone.
struct StopSaga {
  std::string reason;
  std::string by = {};
};
// The calls that wait for their next try are made now: all, or of an LRA only that to the one that is nested in it.
struct TryNow {
  std::optional<SagaId> nested = {};
};
// A user answers for the participant of a step that is in progress or that failed, or for the person who is waited
// for.
struct AnswerStep {
  std::size_t step = 0;
  Outcome outcome;  // Succeeded, Refused, or Unavailable: it is to be tried again
  std::string reason;
  std::string by;
};
struct RetrySaga {
  std::string by;
  // Whether a payment that was refunded may be charged again.
  bool recharge = false;
  bool was_refunded = false;  // whether there is such a payment
  std::string reason = {};    // as the operator gave it; recorded with the event
};
// The condition that the step in progress was waiting for is met: it is tried with a fresh budget.
struct ProceedSaga {};

// Commands to an LRA. Each is a `conflict` with the members code "LRA_NOT_ACTIVE" and status when it is no longer
// active, or out of time. A time limit is counted from now, only ever extends the one that there is, and 0 is none.
// A participant joins; once more: its data is replaced, if it gives any. While the LRA is being closed or cancelled,
// one that only listens may join. `too_large`: there are too many participants.
struct JoinLra {
  LraLinks links;
  std::string data = {};
  Duration limit{0};
};
struct LeaveLra {
  std::string who;  // as find_lra_participant() has it; `invalid` when nobody is called so
};
struct RenewLra {
  Duration limit{0};
};
// `who` is the participant that ends it and gives new data; empty: none does.
struct EndLra {
  bool closes = true;  // else it is cancelled
  std::string who = {}, data = {};
};
// An LRA that is nested in this one joins it. Errors as those of JoinLra.
struct EnlistLra {
  SagaId nested;
  LraLinks links;
};
// What a parent says to an LRA that is nested in it. `not_found` for one that is not nested. `conflict` where it cannot
// be: told to forget while it is active, or being closed.
enum class LraWord : std::uint8_t {
  complete,    // closes it, unless it has been ended
  compensate,  // cancels it, also when it is closed
  forget,      // it stays closed: its participants may forget
};
struct TellLra {
  LraWord word = LraWord::complete;
};
// Another server takes the participant's place. Also while it is being completed or compensated, and after that failed.
// `not_found`: there is no such participant.
struct MoveLraParticipant {
  std::string step;  // its name
  LraLinks links;    // of the same kinds as those before
};

using SagaCommand =
    std::variant<StartSaga, StepReply, WakeSaga, CompensateSaga, RetrySaga, ProceedSaga, StopSaga, AnswerStep, TryNow,
                 JoinLra, LeaveLra, RenewLra, EndLra, EnlistLra, TellLra, MoveLraParticipant>;

struct SagaDecision {
  Saga saga;                    // the new state
  std::vector<Event> events;    // in order; versions are set, node and sequence are not
  std::vector<StepCall> calls;  // to be made once this is durable, or in the same commit by a participant on this node
};

// A rejection leaves the state unchanged: `conflict` when the state does not allow the command (the message names the
// states that would), `retry` when the reply or the timer is out of date and has to be ignored.
Result<SagaDecision> decide(const SagaDefinition& definition, Saga saga, const SagaCommand& command,
                            const Moment& moment);

// A saga of this definition before StartSaga: no step has started, version 0.
Saga new_saga(const SagaDefinition& definition, SagaId id, const Moment& moment);

// The wait before try `tries` + 1, uniform in [0, min(cap, first * 2^(tries-1))], from `entropy`.
Duration backoff(const RetryPolicy& policy, int tries, std::uint64_t entropy);

}  // namespace sagactl

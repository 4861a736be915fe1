// The saga itself: given its state and what has come in, what happened and what is to be done next. Pure: no
// clock, no I/O, no randomness but what `Moment` carries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/result.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// What a decision may know beside the state.
struct Moment {
  Timestamp now;            // the database's clock
  NodeName node;            // that decides
  std::int64_t epoch = 0;   // of that node
  std::uint64_t entropy = 0;  // for jitter
};

enum class Direction : std::uint8_t { action, compensation };

template <>
struct Spelling<Direction> {
  static constexpr std::string_view names[] = {"action", "compensation"};
};

// Which way an open step goes.
inline Direction direction_of(const StepState& step) {
  return step.status == StepStatus::compensating ? Direction::compensation : Direction::action;
}

// The participant's command that does the step, or undoes it.
inline std::string_view command_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.action : step.compensation;
}

// To a participant: do, or undo, this step. The same call may be made again; barriers make it count once.
struct StepCall {
  SagaId saga;
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  int tries = 1;
  bool ask_first = false;  // an earlier try may have taken effect: ask for its outcome before doing it again
  Timestamp since = {};    // when the tries began anew: with `tries`, which call of the execution this is

  // What is asked for, whenever that is.
  friend bool operator==(const StepCall& a, const StepCall& b) {
    return a.saga == b.saga && a.step == b.step && a.direction == b.direction && a.execution == b.execution &&
           a.tries == b.tries && a.ask_first == b.ask_first;
  }
};

// A participant's answer.
struct Succeeded {
  friend bool operator==(const Succeeded&, const Succeeded&) = default;
};
struct Refused {  // for good, and not in effect: a declined card
  std::string reason;
  friend bool operator==(const Refused&, const Refused&) = default;
};
struct Unavailable {  // for now, and not in effect: worth another try
  std::string reason;
  bool again_now = false;  // the participant has found out what is to be done next: no need to wait with it
  friend bool operator==(const Unavailable&, const Unavailable&) = default;
};
struct UnknownOutcome {  // it may be in effect: a time-out
  std::string reason;
  friend bool operator==(const UnknownOutcome&, const UnknownOutcome&) = default;
};
// Nothing has been done, and nothing will be until somebody outside gives the word, with ProceedSaga: a shop that
// confirms a payment. There are no tries meanwhile; the step's budget limits the wait.
struct Awaited {
  std::string reason;
  friend bool operator==(const Awaited&, const Awaited&) = default;
};
using Outcome = std::variant<Succeeded, Refused, Unavailable, UnknownOutcome, Awaited>;

// What can come in.
struct StartSaga {};
struct StepReply {
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  Outcome outcome;
  // Of the call that is answered; 0: it is not known which one it was. What is for good holds whichever it was. An
  // answer that nothing has happened is of its call alone: while a later one is under way it says nothing.
  int tries = 0;
  Timestamp since = {};
};
struct WakeSaga {
  // The durable timer that fired. None: a node has adopted the saga and does not know where it stands; the time
  // that nobody looked after it does not count against the budget of its step.
  std::optional<Timestamp> timer;
};
struct CompensateSaga {
  std::string reason;
  std::string by = {};  // the id of the user who asked; empty: nobody did in so many words
};
struct RetrySaga {
  std::string by;
  // Retrying may charge again a payment that was given back: only when it is asked for in so many words.
  bool recharge = false;
  bool was_refunded = false;  // whether there is such a payment
};
// What the step that is under way was waiting for is there: it is tried, with a fresh budget.
struct ProceedSaga {};
using SagaCommand = std::variant<StartSaga, StepReply, WakeSaga, CompensateSaga, RetrySaga, ProceedSaga>;

struct SagaDecision {
  Saga saga;                    // the new state
  std::vector<Event> events;    // what happened, in order; versions are set, node and sequence are not
  std::vector<StepCall> calls;  // to be made once this is durable (or within it, by a participant here)
};

// A rejection leaves the state as it was: `conflict` when the state does not allow the command (the message
// names the states that would), `retry` when the reply or the timer is out of date and means nothing any more.
Result<SagaDecision> decide(const SagaDefinition& definition, Saga saga, const SagaCommand& command,
                            const Moment& moment);

// A saga of this definition before StartSaga: nothing has been done, version 0.
Saga new_saga(const SagaDefinition& definition, SagaId id, const Moment& moment);

// The step that the saga is at, for people: a step's name, or the status when it has ended.
std::string current_step(const SagaDefinition& definition, const Saga& saga);
std::vector<std::string> completed_steps(const SagaDefinition& definition, const Saga& saga);
std::vector<std::string> compensation_steps(const SagaDefinition& definition, const Saga& saga);

// The wait before try `tries` + 1, even in [0, min(cap, first * 2^(tries-1))], from `entropy`.
Duration backoff(const RetryPolicy& policy, int tries, std::uint64_t entropy);

}  // namespace sagactl

// The state of one saga, as it is stored.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/id.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

enum class SagaStatus : std::uint8_t { started, completed, failed, compensating, compensated };

template <>
struct Spelling<SagaStatus> {
  static constexpr std::string_view names[] = {"started", "completed", "failed", "compensating", "compensated"};
};

// A saga in such a state takes no step unless a user asks for it.
inline bool is_terminal(SagaStatus status) {
  return status == SagaStatus::completed || status == SagaStatus::failed || status == SagaStatus::compensated;
}

enum class StepStatus : std::uint8_t {
  pending,       // not started
  running,       // called, or waiting for the next try
  succeeded,     // in effect
  failed,        // refused: not in effect
  compensating,  // its compensation is called, or waits for the next try
  compensated,   // undone
};

template <>
struct Spelling<StepStatus> {
  static constexpr std::string_view names[] = {"pending", "running",      "succeeded",
                                               "failed",  "compensating", "compensated"};
};

struct StepState {
  StepStatus status = StepStatus::pending;
  // Which execution of the step this is: 1, and one more each time an operator's retry runs a compensated step again.
  // It is part of the barrier and of the key at the payment provider; the tries of one execution share it. Stored as
  // `execution`.
  int execution = 0;
  int tries = 0;  // of this execution, in the current direction
  // May be in effect, or may still take effect: a try is in progress, or its answer was lost. Of a user's saga: an
  // earlier try than the one in progress, which `calling` says.
  bool in_doubt = false;
  Timestamp began_at;  // the first try of this execution, in the current direction
  Timestamp ended_at;  // when it got its current status, unless that is running or compensating
  NodeName node;       // that wrote the current status
  std::string error;   // of the last try that did not succeed
  // Of a user's saga:
  std::optional<Timestamp> wake_at = {};  // while it is in progress: when it is checked again
  std::string kept = {};      // what it keeps of its participant's answer: a JSON object, or empty until it was done
  std::string location = {};  // where to ask what became of a call that is under way; empty: call again
  bool calling = false;       // a call was made and has neither been answered nor run out of time
  int undo_round = 0;         // how often it had to be undone again, because it was done late

  friend bool operator==(const StepState&, const StepState&) = default;
};

struct OperatorRetry {
  Timestamp at;
  std::string from_step;
  std::string by;  // the id of the user who asked

  friend bool operator==(const OperatorRetry&, const OperatorRetry&) = default;
};

// The node that drives the saga: the last one that wrote it. `epoch` is that node's epoch at the time.
struct Owner {
  NodeName node;
  std::int64_t epoch = 0;

  friend bool operator==(const Owner&, const Owner&) = default;
};

// The definition of a user's saga. Equal by its text.
struct OwnDefinition {
  DefinitionPointer definition;

  const SagaDefinition* operator->() const { return definition.get(); }
  explicit operator bool() const { return definition != nullptr; }
  friend bool operator==(const OwnDefinition& a, const OwnDefinition& b) {
    return a.definition == b.definition || (a.definition && b.definition && a->text == b->text);
  }
};

struct Saga {
  SagaId id;
  std::string type;  // the definition's name
  int definition_version = 1;
  OwnDefinition own_definition;  // none: it is built in
  std::string input;             // of a user's saga: JSON text
  std::string key;               // the idempotency key under which a user's saga was started; empty: none
  std::string correlation;       // empty: the order's id
  std::string trace_parent;      // W3C, of the request that started it; may be empty
  SagaStatus status = SagaStatus::started;
  std::vector<StepState> steps;  // one per step of the definition
  std::string error;             // why it failed or was compensated; empty: no error
  bool requires_manual_intervention = false;
  std::optional<Timestamp> wake_at;  // the durable timer: when the steps in progress are checked again
  std::vector<OperatorRetry> retries;
  Owner owner;
  int version = 0;  // of the saga as an aggregate: the number of its events
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const Saga&, const Saga&) = default;
};

// The definition of the saga; null when this build has none of that name.
inline const SagaDefinition* definition_of(const Saga& saga) {
  return saga.own_definition ? saga.own_definition.definition.get() : find_definition(saga.type);
}

// When it was started, or last retried by an operator.
inline Timestamp forward_since(const Saga& saga) {
  return saga.retries.empty() ? saga.created_at : saga.retries.back().at;
}

inline bool is_in_progress(const StepState& step) {
  return step.status == StepStatus::running || step.status == StepStatus::compensating;
}

// The index of the first step in progress (running or compensating); the number of steps when there is none.
inline std::size_t open_step(const Saga& saga) {
  std::size_t i = 0;
  while (i < saga.steps.size() && !is_in_progress(saga.steps[i])) ++i;
  return i;
}

// The most tries of a step in progress; 0 when there is none.
inline int tries_of_current_step(const Saga& saga) {
  int tries = 0;
  for (const StepState& step : saga.steps)
    if (is_in_progress(step)) tries = std::max(tries, step.tries);
  return tries;
}

}  // namespace sagactl

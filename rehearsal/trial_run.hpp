// Runs one trial: a saga on a node of its own in this process, over a store in memory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rehearsal/rehearsal_caller.hpp"
#include "rehearsal/trial.hpp"
#include "rehearsal/wait_answers.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

struct TrialResult {
  Trial trial;
  std::optional<Saga> saga;  // at its end; none: it could not be started
  bool has_ended = false;
  bool has_happened = false;  // the fault was brought about
  std::string error;          // why the trial could not be carried out
  // What is in effect at the end, by participant; those without a probe are left out.
  std::map<std::size_t, std::int64_t> in_effect;
  std::map<std::size_t, std::string> probe_errors;
  std::vector<SeenCall> calls;
};

// Counts what a saga has in effect at a participant, none when that cannot be known.
using CountEffects = std::function<Result<std::optional<std::int64_t>>(const Saga& saga, std::size_t participant)>;

// What a saga gets from outside.
struct TrialInput {
  std::string of_saga;  // JSON text
  WaitAnswers answers;  // of all its waits
};

// Takes at most `limit`, and until the calls that were made by then are answered or have timed out.
TrialResult run_trial(const DefinitionPointer& definition, const Trial& trial, const TrialInput& input,
                      ParticipantCaller& participants, const CountEffects& count, Duration limit);

}  // namespace sagactl

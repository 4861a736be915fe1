// Rehearses a saga: does its definition hold, and do its participants? docs/participants.md says what is tried.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/verdict.hpp"
#include "rehearsal/trial_run.hpp"

namespace sagactl {

struct RehearsalOptions {
  std::string input = "{}";  // of every saga: JSON text
  WaitAnswers answers = {};  // of waits; the others are made up
  Duration trial_limit = 30s;
  int at_once = 4;  // trials
  // Called after each trial, by one thread at a time.
  std::function<void(const Verdict& verdict, std::size_t done, std::size_t all)> on_verdict = {};
  std::function<bool()> is_interrupted = {};  // then no further trial begins
};

// One verdict for each trial, in the order of plan_trials(). First the saga runs once without a fault; when that fails,
// it is the only verdict.
std::vector<Verdict> rehearse(const DefinitionPointer& definition, ParticipantCaller& participants,
                              const CountEffects& count, const RehearsalOptions& options);

}  // namespace sagactl

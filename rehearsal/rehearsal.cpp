#include "rehearsal/rehearsal.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "rehearsal/judge.hpp"

namespace sagactl {

std::vector<Verdict> rehearse(const DefinitionPointer& definition, ParticipantCaller& participants,
                              const CountEffects& count, const RehearsalOptions& options) {
  const TrialInput input{options.input, complete_answers(*definition, options.answers)};
  const auto rehearse_one = [&](const Trial& trial) {
    return judge_trial(*definition, run_trial(definition, trial, input, participants, count, options.trial_limit));
  };
  const std::vector<Trial> trials = plan_trials(*definition);
  Verdict without_fault = rehearse_one({0, Direction::action, TrialFault::none});
  if (without_fault.ruling != Ruling::pass) return {std::move(without_fault)};
  std::vector<Verdict> verdicts(trials.size());
  std::vector<bool> is_done(trials.size());
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&](const std::vector<std::size_t>& which, std::atomic<std::size_t>& next) {
    for (std::size_t at = next++; at < which.size(); at = next++) {
      if (options.is_interrupted && options.is_interrupted()) return;
      const std::size_t i = which[at];
      Verdict verdict = rehearse_one(trials[i]);
      const std::lock_guard lock(mutex);
      verdicts[i] = std::move(verdict);
      is_done[i] = true;
      if (options.on_verdict) options.on_verdict(verdicts[i], ++done, trials.size());
    }
  };
  const auto run = [&](const std::vector<std::size_t>& which, int at_once) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < at_once; ++i) threads.emplace_back([&] { work(which, next); });
    for (std::thread& thread : threads) thread.join();
  };
  // A participant's clock is one for all trials: those that set it forward run alone.
  std::vector<std::size_t> together, alone;
  for (std::size_t i = 0; i < trials.size(); ++i)
    (trials[i].fault == TrialFault::repeated_much_later ? alone : together).push_back(i);
  run(together, std::max(options.at_once, 1));
  run(alone, 1);
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (!is_done[i]) verdicts[i] = undecided(name_of(*definition, trials[i]), "the rehearsal was interrupted");
  verdicts.insert(verdicts.begin(), std::move(without_fault));
  return verdicts;
}

}  // namespace sagactl

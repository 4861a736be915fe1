#include "rehearsal/rehearsal.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "rehearsal/judge.hpp"

namespace sagactl {

std::vector<Verdict> rehearse(const DefinitionPointer& definition, ParticipantCaller& participants,
                              const CountEffects& count, const RehearsalOptions& options) {
  const auto rehearse_one = [&](const Trial& trial) {
    return judge_trial(*definition,
                       run_trial(definition, trial, options.input, participants, count, options.trial_limit));
  };
  const std::vector<Trial> trials = plan_trials(*definition);
  Verdict without_fault = rehearse_one({0, Direction::action, Fault::none});
  if (without_fault.ruling != Ruling::pass) return {std::move(without_fault)};
  std::vector<Verdict> verdicts(trials.size());
  std::vector<bool> is_done(trials.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < trials.size(); i = next++) {
      if (options.is_interrupted && options.is_interrupted()) return;
      Verdict verdict = rehearse_one(trials[i]);
      const std::lock_guard lock(mutex);
      verdicts[i] = std::move(verdict);
      is_done[i] = true;
      if (options.on_verdict) options.on_verdict(verdicts[i], ++done, trials.size());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < std::max(options.at_once, 1); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (!is_done[i]) verdicts[i] = undecided(name_of(*definition, trials[i]), "the rehearsal was interrupted");
  verdicts.insert(verdicts.begin(), std::move(without_fault));
  return verdicts;
}

}  // namespace sagactl

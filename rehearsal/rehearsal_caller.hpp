// Stands between the engine and the participants: it makes the calls of a trial go wrong in the way that is rehearsed,
// and records every call with its answer.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "rehearsal/trial.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl {

// A call that the participant got, or that was answered in its place.
struct SeenCall {
  ParticipantCall call;
  ParticipantAnswer answer;
  bool reached_participant = false;
  bool reached_node = false;  // the node saw this answer
  std::string note;           // what the rehearsal did with it; empty: nothing
};

// Any thread. `participants` outlives it.
class RehearsalCaller : public ParticipantCaller {
 public:
  RehearsalCaller(const SagaDefinition& definition, const Trial& trial, ParticipantCaller& participants);
  ~RehearsalCaller() override;  // waits for the answers of all calls

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override;
  void withdraw(SagaId saga) override;
  void set_guard(std::function<bool()> may_begin) override;

  // Whether the fault has been brought about, so that the trial says something.
  bool has_happened() const;
  // Whether the saga is to be cancelled now.
  bool wants_cancel() const;
  // Whether the node is to be stopped now.
  bool wants_stop() const;
  // Until no call waits for its answer.
  void wait_for_answers();
  // Delivers what was held back, and repeats what is to be repeated after the saga has ended. Waits for the answers.
  void deliver_late();

  std::vector<SeenCall> seen() const;

 private:
  using Done = std::function<void(ParticipantAnswer)>;
  enum class Phase { before, during, after };

  bool is_rehearsed(const ParticipantCall& call) const;
  bool is_blocked(const ParticipantCall& call) const;
  void bring_about(ParticipantCall call, Done done, int number);
  void ask(const ParticipantCall& call, Done answered);
  void pass(ParticipantCall call, Done done, const std::string& note = {});
  void lose_answer(ParticipantCall call, Done done, const std::string& note);
  void hold_back(ParticipantCall call, const Done& done, int number);
  void call_twice(ParticipantCall call, Done done);
  void advance_clock_and_pass(ParticipantCall call, Done done);
  void answer(const ParticipantCall& call, ParticipantAnswer answer, const Done& done, const std::string& note);
  void record(const ParticipantCall& call, const ParticipantAnswer& answer, bool reached_participant, bool reached_node,
              const std::string& note);
  void happened();

  const SagaDefinition& definition_;
  const Trial trial_;
  ParticipantCaller& participants_;

  mutable std::mutex mutex_;
  std::condition_variable answered_;
  int asked_ = 0;             // calls without an answer
  std::map<int, int> calls_;  // of the rehearsed step, by execution
  std::vector<SeenCall> seen_;
  std::vector<ParticipantCall> held_;  // to be delivered late
  bool has_happened_ = false, wants_stop_ = false, wants_cancel_ = false;
};

}  // namespace sagactl

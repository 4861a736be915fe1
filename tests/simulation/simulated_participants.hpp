// Participants of users' sagas: web servers that outlive every node, honour Idempotency-Key, and record every effect.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/random.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/participant_caller.hpp"
#include "tests/simulation/unreliable_ports.hpp"

namespace sagactl::simulation {

// As shares of requests, unless it says otherwise.
struct ParticipantFaults {
  double refuses = 0.05;  // of steps
  double refuses_undo = 0;
  double unavailable = 0;   // 5xx or 429, nothing is done
  double silent = 0;        // nothing is done, and nothing is answered
  double answer_lost = 0;   // done, and nothing is answered
  double keep_missing = 0;  // done, and the answer has not what the step keeps
  double accepts = 0;       // 202: it is done later
  double slow = 0;          // an answer takes up to twice the time limit
  // Of steps: done when nobody waits for it any more, and then told over the answer route, once or twice. Such a
  // participant does it also when the undo has come first. The others refuse that.
  double late = 0;
  double dies = 0;            // for up to 20 s: connections are refused
  bool ignores_keys = false;  // a participant as it must not be
};

class SimulatedParticipants {
 public:
  using Done = std::function<void(ParticipantAnswer)>;
  // Tells a node of the outcome of a call; `acknowledged` comes once, or never.
  using Report = std::function<void(StepReply reply, SagaId saga, std::function<void()> acknowledged)>;

  SimulatedParticipants(Clock& clock, Random& random, const ParticipantFaults& shares)
      : faults(shares), clock_(clock), random_(random) {}
  void on_report(Report report) { report_ = std::move(report); }

  // A request has arrived.
  void handle(const ParticipantCall& call, Done done);

  struct Effect {
    bool is_known = false, is_refused = false, in_effect = false;
    bool is_undone_first = false, is_late = false, is_late_drawn = false;
    int times = 0;   // how often it was done
    int undone = 0;  // how often it was undone
    std::string id;
  };
  // By the key of the step's call.
  const std::map<std::string, Effect>& effects() const { return effects_; }
  Effect* find(const std::string& key);

  ParticipantFaults faults;

 private:
  struct Request;
  void handle_do(const Request& request, Done done);
  void handle_undo(const Request& request, Done done);
  void handle_question(const Request& request, const Done& done);
  void perform(const std::string& key);
  void take_late(const Request& request);
  void report_until_acknowledged(const ParticipantCall& call, const std::string& key, int times);
  ParticipantAnswer answer_about(const std::string& key);
  void answer_in_time(const ParticipantCall& call, Done done, ParticipantAnswer answer);
  bool is_unavailable(ParticipantAnswer& answer);
  Duration up_to(Duration most);
  bool happens(double share) { return random_.chance(share); }

  Clock& clock_;
  Random& random_;
  Report report_;
  std::map<std::string, Effect> effects_;
  std::map<std::string, std::string> key_of_id_;
  std::set<std::string> undo_keys_;
  std::map<std::string, SteadyTime> finished_at_;  // jobs that were accepted, by the key of the step's call
  std::map<std::size_t, SteadyTime> dead_until_;
};

// A call of a node that has begun: what the verdicts about order are reached from.
struct BegunCall {
  SteadyTime handed, begun;  // when the engine decided on it, and when it was sent
  std::size_t node = 0;
  StepCall call;
  bool is_question = false;
  std::string key;
  std::size_t number = 0;  // in the order in which they began
};

// One node's calls: few at once, the others wait in a queue.
class UnreliableCaller : public ParticipantCaller {
 public:
  UnreliableCaller(std::size_t node, SimulatedParticipants& participants, FaultInjector& injector, Clock& clock,
                   std::function<void(const BegunCall&)> on_begun)
      : node_(node), participants_(participants), injector_(injector), clock_(clock), on_begun_(std::move(on_begun)) {}
  ~UnreliableCaller() override { *is_alive_ = false; }

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override;
  void withdraw(SagaId saga) override;
  void set_guard(std::function<bool()> may_begin) override { may_begin_ = std::move(may_begin); }

  bool drops_withdrawals = false;  // a caller as it must not be

 private:
  struct Waiting {
    ParticipantCall call;
    std::function<void(ParticipantAnswer)> done;
    SteadyTime handed;
    std::uint64_t number = 0;
  };
  void pump(std::size_t participant);
  void begin(Waiting waiting);
  static void refuse(Waiting& waiting, const char* why);

  const std::size_t node_;
  SimulatedParticipants& participants_;
  FaultInjector& injector_;
  Clock& clock_;
  const std::function<void(const BegunCall&)> on_begun_;
  std::function<bool()> may_begin_;
  std::map<std::size_t, std::deque<Waiting>> waiting_;
  std::map<std::size_t, std::size_t> running_;
  std::uint64_t calls_ = 0;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace sagactl::simulation

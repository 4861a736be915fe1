// The calls by message that wait for their turn and for their answers. Each participant of a definition has a queue and
// a breaker of its own, so that one that does not read holds up no other.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/steady_time.hpp"
#include "server/adapters/participants/breaker.hpp"
#include "server/participants/calls/participant_call.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl {

using CallDone = std::function<void(ParticipantAnswer)>;

// A call that begins now: its message is to be sent.
struct BegunCall {
  ParticipantCall call;
  std::string id;
};

// What a change leads to, for its caller to do without holding a lock.
struct QueueWork {
  std::vector<BegunCall> begun;
  std::vector<std::pair<CallDone, ParticipantAnswer>> answered;
  std::vector<std::string> to_prepare;  // topics: prepared() wants what became of it
};

// Not for several threads: its user holds a lock.
class MessageQueues {
 public:
  explicit MessageQueues(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  void set_guard(std::function<bool()> may_begin) { may_begin_ = std::move(may_begin); }
  void submit(ParticipantCall call, CallDone done, SteadyTime now, QueueWork& work);
  // Its topics exist, and the answers are read; or why not.
  void prepared(const std::string& topic, const Result<void>& result, SteadyTime now, QueueWork& work);
  void withdraw(SagaId saga, QueueWork& work);
  // An answer to that call has come. Nothing for a call that nobody waits for any more.
  void answered(const std::string& id, SteadyTime now, QueueWork& work);
  // Its message was not sent, and never will be. `is_refused`: the brokers will not take it another time either.
  void not_sent(const std::string& id, const std::string& why, bool is_refused, SteadyTime now, QueueWork& work);
  // Ends what has waited for too long.
  void expire(SteadyTime now, QueueWork& work);
  void stop(QueueWork& work);
  std::vector<ParticipantStats> stats() const;

 private:
  struct Target;
  struct Waiting {
    ParticipantCall call;
    CallDone done;
    SteadyTime until;
  };
  using WaitingCalls = std::list<Waiting>;
  struct WaitingAction {
    Target* target;
    WaitingCalls::iterator call;
  };
  struct Sent {
    Target* target;
    CallDone done;
    SteadyTime at;
    bool is_probe;
    std::multimap<SteadyTime, std::string>::iterator deadline;
  };
  enum class Readiness { unknown, preparing, ready };
  struct Target {
    Target(const ParticipantCall& call, std::uint64_t seed);

    const std::string definition;
    const ParticipantDefinition participant;
    Readiness readiness = Readiness::unknown;
    WaitingCalls waiting;
    std::size_t running = 0;
    Breaker breaker;
    SteadyTime used_at{};
    std::uint64_t calls = 0, failures = 0;
    Duration took_total{};
  };

  Target& target_of(const ParticipantCall& call);
  Waiting dequeue(Target& target, WaitingCalls::iterator call);
  void refuse(Target& target, WaitingCalls::iterator call, const std::string& why, QueueWork& work);
  void refuse_all(Target& target, const std::string& why, QueueWork& work);
  void pump(Target& target, SteadyTime now, QueueWork& work);
  void begin(Target& target, SteadyTime now, QueueWork& work);
  Sent take(std::unordered_map<std::string, Sent>::iterator sent, SteadyTime now);

  const std::size_t waiting_max_;
  std::function<bool()> may_begin_;
  std::map<std::string, std::unique_ptr<Target>> targets_;
  std::unordered_multimap<SagaId, WaitingAction> waiting_actions_;
  std::unordered_map<std::string, Sent> sent_;
  std::multimap<SteadyTime, std::string> deadlines_;
  bool is_stopped_ = false;
};

}  // namespace sagactl
